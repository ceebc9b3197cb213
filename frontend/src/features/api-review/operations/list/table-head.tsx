import classes from './operations.module.css'
import { useReviewing } from '../review-context'
import { RowCheckbox } from './tick'
import type { ReviewView } from '../view/use-review'

/** The names of the columns, and a box that chooses all that are shown. */
export function TableHead({ view }: { view: ReviewView }) {
  const { editable } = useReviewing()
  const { filtered, selection } = view
  const chosen = filtered.filter((operation) => selection.chosen.has(operation.idx)).length
  const all = chosen === filtered.length
  return (
    <div role="rowgroup" className={classes.head}>
      <div role="row" aria-rowindex={1} className={classes.line}>
        <span role="columnheader" className={classes.check}>
          {editable ? (
            <RowCheckbox
              label={all ? 'Select none' : `Select all ${filtered.length}`}
              checked={all}
              partly={!all && chosen > 0}
              onTick={() => view.step({ type: 'all', of: filtered.map((operation) => operation.idx) })}
            />
          ) : (
            <span className={classes.hidden}>Selection</span>
          )}
        </span>
        <span role="columnheader">Operation</span>
        <span role="columnheader">Access</span>
        <span role="columnheader">Who consents</span>
        <span role="columnheader">Values come from</span>
        <span role="columnheader">Sure?</span>
        <span role="columnheader" className={classes.number}>
          Tokens
        </span>
        <span role="columnheader">Enabled</span>
      </div>
    </div>
  )
}
