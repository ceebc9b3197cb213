import { TimeLeft, Time } from '../../components/time'
import { humanize } from '../../conversation/format'
import classes from './approvals.module.css'
import type { Approval } from './queries'
import { riskLabel, formatValues } from './format'

interface Props {
  items: readonly Approval[]
  open: string | null
  onOpen: (id: string) => void
}

/** Everything that waits, in the order in which it should be looked at. */
export function QueueList({ items, open, onOpen }: Props) {
  return (
    <ul className={classes.queue} aria-label="The queue">
      {items.map((item) => (
        <li key={item.interrupt_id}>
          <button
            type="button"
            className={classes.line}
            data-queue={item.interrupt_id}
            aria-current={item.interrupt_id === open ? 'true' : undefined}
            onClick={() => onOpen(item.interrupt_id)}
          >
            <span className={classes.lineTitle}>{item.card.title || humanize(item.card.action)}</span>
            <span className={classes.risk} data-risk={item.risk}>
              {riskLabel(item.risk)}
            </span>
            <span className={classes.lineMeta}>{formatValues(item.card.args)}</span>
            <span className={classes.lineMeta}>
              {item.customer ? `Customer ${item.customer}` : 'Customer not verified'} · asked{' '}
              <Time at={item.created_at} /> · <TimeLeft until={item.expires_at} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
