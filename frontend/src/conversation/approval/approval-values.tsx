import { AlertIcon } from '../../components/icons'
import { StrangerText } from '../../components/stranger-text'
import classes from './approval-card.module.css'
import { humanize, formatValue } from '../format'
import { describeField } from '../schema-form/schema-fields'

interface Props {
  args: Record<string, unknown>
  before: Record<string, unknown> | null
  schema?: Record<string, unknown> | null | undefined
  /** Paths of the values that nobody has said. */
  unsaid?: string[] | undefined
  viewer: 'customer' | 'operator'
}

/** The values an action would use; where a person edited them, what they were, and which of them nobody has said. */
export function ApprovalValues({ args, before, schema, unsaid = [], viewer }: Props) {
  const names = [...new Set([...Object.keys(args), ...Object.keys(before ?? {})])]
  if (names.length === 0) return <p className={classes.note}>It takes no values.</p>
  return (
    <table className={classes.values}>
      <tbody>
        {names.map((name) => {
          const now = formatValue(args[name])
          const was = before ? formatValue(before[name]) : now
          return (
            <tr key={name}>
              <th scope="row" title={describeField(schema, name)}>
                {humanize(name)}
              </th>
              <td>
                {was !== now && (
                  <>
                    <del aria-label={`before: ${was}`}>{was}</del>{' '}
                  </>
                )}
                <StrangerText text={now} label={humanize(name)} />
                <Unsaid paths={unsaid} name={name} viewer={viewer} />
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** Says that a value, or a part of it, is the assistant's own guess. */
function Unsaid({ paths, name, viewer }: { paths: string[]; name: string; viewer: Props['viewer'] }) {
  const own = paths.filter((path) => path === name || path.startsWith(`${name}.`))
  if (own.length === 0) return null
  const parts = own.filter((path) => path !== name).map((path) => humanize(path.slice(name.length + 1)))
  return (
    <div className={classes.unsaid}>
      <AlertIcon size={14} />
      Not said by {viewer === 'customer' ? 'you' : 'the customer'}
      {parts.length > 0 && `: ${parts.join(', ')}`}
    </div>
  )
}
