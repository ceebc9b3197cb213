import { Button } from '@mantine/core'
import { differences } from '../edits'
import classes from './operation-drawer.module.css'
import page from '../../page.module.css'
import type { Edit, Operation } from '../../types'

interface Props {
  /** What the person saw when they began. */
  base: Operation
  theirs: Operation
  mine: Edit
  onAgain: () => void
  onTheirs: () => void
}

/** Somebody else was faster: what they did, and whether one's own edit shall be applied to it. */
export function Conflict({ base, theirs, mine, onAgain, onTheirs }: Props) {
  const did = differences(base, theirs)
  const would = differences(theirs, mine)
  return (
    <div role="alert" className={page.notice}>
      <p>
        <strong>{theirs.edited_by ?? 'Somebody else'} edited this meanwhile.</strong> Your change was not
        saved.
      </p>
      <Differences title="They changed" items={did} />
      <Differences title="You would change" items={would} />
      <div className={page.buttons}>
        <Button size="compact-sm" onClick={onAgain}>
          Apply mine to theirs
        </Button>
        <Button size="compact-sm" variant="default" onClick={onTheirs}>
          Keep theirs
        </Button>
      </div>
    </div>
  )
}

function Differences({ title, items }: { title: string; items: ReturnType<typeof differences> }) {
  return (
    <>
      {title}:
      {items.length === 0 ? (
        ' nothing that is shown here.'
      ) : (
        <dl className={classes.diff}>
          {items.map((item) => (
            <div key={item.name} style={{ display: 'contents' }}>
              <dt>{item.label}</dt>
              <dd>
                <s>{item.before}</s> → {item.after}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </>
  )
}
