import classes from './approval-card.module.css'
import { humanize, formatValue } from '../format'
import { describeField } from '../schema-form/schema-fields'

interface Props {
  args: Record<string, unknown>
  before: Record<string, unknown> | null
  schema?: Record<string, unknown> | null | undefined
}

/** The values an action would use; where a person edited them, what they were. */
export function ApprovalValues({ args, before, schema }: Props) {
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
                <span>{now}</span>
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
