import { Link } from 'react-router'
import { Time } from '../../components/time'
import { humanize } from '../../conversation/format'
import classes from './approvals.module.css'
import { useHistory, type Approval } from './queries'
import { Section } from './section'
import { formatDecision, formatValues } from './format'

/** What was decided before: who, when, what, and why. */
export function HistorySection({ live }: { live: boolean }) {
  const query = useHistory(live)
  return (
    <Section
      title="Decided"
      query={query}
      count={(pages) => pages.reduce((sum, page) => sum + page.items.length, 0)}
      empty="Nothing has been decided yet."
    >
      {(pages) => (
        <ul className={classes.history}>
          {pages
            .flatMap((page) => page.items)
            .map((approval) => (
              <li key={approval.interrupt_id} data-status={approval.status}>
                <Line approval={approval} />
              </li>
            ))}
        </ul>
      )}
    </Section>
  )
}

function Line({ approval }: { approval: Approval }) {
  const { card } = approval
  return (
    <>
      <Link to={`?a=${approval.interrupt_id}`} className={classes.lineTitle}>
        {card.title || humanize(card.action)}
      </Link>
      <span className={classes.lineMeta}>
        {formatValues(card.args)} · {formatDecision(approval)}
        {approval.decided_at && (
          <>
            {' '}
            <Time at={approval.decided_at} />
          </>
        )}
        {approval.comment && ` · “${approval.comment}”`}
      </span>
    </>
  )
}
