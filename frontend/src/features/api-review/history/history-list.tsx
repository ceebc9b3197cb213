import { Link } from 'react-router'
import { Ago, Time } from '../../../components/time'
import classes from './history.module.css'
import { useHistory, type Scope } from './queries'
import { describeEntry } from './describe'
import { Loaded } from '../loaded'
import { ShowMore } from '../../../components/show-more'
import page from '../page.module.css'
import type { Entry } from '../types'

const MAX_LINES = 4 // more of them, or much text, is opened on demand
const MAX_CHARS = 400

interface Props {
  scope?: Scope
  /** The import whose page it is; entries of another one lead there. */
  here?: string
}

/** What people did, newest first. */
export function HistoryList({ scope, here }: Props) {
  const query = useHistory(scope)
  return (
    <>
      <Loaded query={query} what="the history">
        {({ pages }) => {
          const entries = pages.flatMap(({ items }) => items)
          if (entries.length === 0) return <p className={page.empty}>Nobody has done anything here yet.</p>
          return (
            <ol className={classes.list}>
              {entries.map((entry) => (
                <li key={entry.id} className={classes.entry} data-what={entry.what}>
                  <Line entry={entry} here={here} />
                </li>
              ))}
            </ol>
          )
        }}
      </Loaded>
      <ShowMore query={query} label="Show older" end="There is nothing older." />
    </>
  )
}

function Line({ entry, here }: { entry: Entry; here: string | undefined }) {
  const { did, was, lines } = describeEntry(entry)
  return (
    <>
      <p className={classes.sentence}>
        <strong>{entry.by}</strong> {did}
        {was !== undefined && <span className={classes.was}> – was: {was}</span>}
      </p>
      <Lines lines={lines} />
      <p className={classes.meta}>
        <Ago at={entry.at} /> · <Time at={entry.at} />
        <Where entry={entry} here={here} />
      </p>
    </>
  )
}

function Lines({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null
  const all = (
    <ul className={classes.lines}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
  if (lines.length <= MAX_LINES && lines.join('').length <= MAX_CHARS) return all
  return (
    <details className={page.more}>
      <summary>Details</summary>
      {all}
    </details>
  )
}

/** The import or API that it was done to, unless that is where the reader is. */
function Where({ entry, here }: { entry: Entry; here: string | undefined }) {
  const { import_id: id, import_there: there } = entry
  const name = here === undefined ? entry.api_name : id && id !== here ? 'another import' : ''
  if (!name) return null
  return (
    <>
      {' · '}
      {id && there ? <Link to={`/apis/jobs/${id}`}>{name}</Link> : name}
    </>
  )
}
