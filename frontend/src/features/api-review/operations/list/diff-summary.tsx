import { Button } from '@mantine/core'
import page from '../../page.module.css'
import type { Change, Counts } from '../../types'
import type { ReviewView } from '../view/use-review'
import { CHANGE } from '../../labels'

const SHOWN: readonly Exclude<Change, 'same'>[] = ['riskier', 'changed', 'added', 'removed']

/** What is different from what is live; each number leads to its operations. */
export function DiffSummary({ counts, view }: { counts: Counts; view: ReviewView }) {
  const chosen = view.filters.change
  const some = SHOWN.filter((change) => counts[change] > 0)
  if (some.length === 0) {
    return <p className={page.notice}>Nothing differs from what is live. Your earlier edits are kept.</p>
  }
  return (
    <section className={page.notice} aria-label="Compared with what is live">
      <p>
        <strong>Compared with what is live.</strong> Your earlier edits are kept; what became riskier or new
        waits for your look.
      </p>
      <div className={page.actions}>
        {some.map((change) => (
          <Button
            key={change}
            size="compact-sm"
            variant={chosen === change ? 'filled' : 'default'}
            aria-pressed={chosen === change}
            onClick={() => view.setFilters({ change: chosen === change ? null : change })}
          >
            {counts[change]} {CHANGE[change].toLowerCase()}
          </Button>
        ))}
      </div>
    </section>
  )
}
