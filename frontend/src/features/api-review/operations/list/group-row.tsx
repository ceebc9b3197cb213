import { ChevronIcon } from '../../../../components/icons'
import { humanize } from '../../../../conversation/format'
import classes from './operations.module.css'
import { useReviewing } from '../review-context'
import type { Row } from '../view/rows'
import { formatCounts } from '../../summary'
import { RowCheckbox } from './tick'
import type { ReviewView } from '../view/use-review'
import { ACCESSES } from '../../labels'

interface Props {
  row: Extract<Row, { kind: 'group' }>
  view: ReviewView
  index: number
}

/** The heading of an agent's operations; folds them away, and chooses them together. */
export function GroupRow({ row, view, index }: Props) {
  const { editable } = useReviewing()
  const { agent, operations, open } = row
  const idxs = operations.map((operation) => operation.idx)
  const chosen = idxs.filter((idx) => view.selection.chosen.has(idx)).length
  const name = humanize(agent)
  const [read, write, destructive] = ACCESSES.map(
    (access) => operations.filter((operation) => operation.access === access).length,
  ) as [number, number, number]
  const tokens = operations.reduce((sum, operation) => sum + operation.tokens, 0)
  return (
    <div role="row" aria-rowindex={index} className={classes.group}>
      <span role="gridcell" className={classes.check}>
        {editable && (
          <RowCheckbox
            label={`Select all of ${name}`}
            checked={chosen === idxs.length}
            partly={chosen > 0 && chosen < idxs.length}
            onTick={() => view.step({ type: 'all', of: idxs })}
          />
        )}
      </span>
      <span role="gridcell" className={classes.groupName}>
        <button
          type="button"
          className={classes.fold}
          aria-expanded={open}
          data-open={open || undefined}
          onClick={() => view.close(agent)}
        >
          <ChevronIcon size={16} />
          {name}
        </button>
        <span className={classes.dimmed}>
          {formatCounts({ read, write, destructive })} · {tokens.toLocaleString('en')} tokens
        </span>
      </span>
    </div>
  )
}
