import { Link, useLocation } from 'react-router'
import { AlertIcon, ShieldIcon } from '../../../components/icons'
import { agentName } from '../../../conversation/format'
import { count, counted, duration, moment, money } from '../format'
import classes from './list.module.css'
import { StarIcon } from '../icons'
import { OutcomeBadge } from '../outcome-badge'
import type { Row } from '../types'

/** One conversation: what it began with, what it came to, and what is worth a look. */
export function ConversationRow({ row }: { row: Row }) {
  const { search } = useLocation()
  const durationMs = Date.parse(row.last_at) - Date.parse(row.started_at)
  return (
    <article className={classes.row}>
      <h2 className={classes.first}>
        <Link to={`/replay/${row.thread_id}`} state={{ listSearch: search }}>
          {row.title || 'Nothing was said'}
        </Link>
      </h2>
      <div className={classes.badges}>
        <OutcomeBadge outcome={row.outcome} />
        {row.approvals > 0 && (
          <span className={classes.mark} data-tone="consent">
            <ShieldIcon size={14} /> {counted(row.approvals, 'approval')}
          </span>
        )}
        {row.errors > 0 && (
          <span className={classes.mark} data-tone="bad">
            <AlertIcon size={14} /> {counted(row.errors, 'error')}
          </span>
        )}
        {row.unknown_actions > 0 && (
          <span className={classes.mark} data-tone="bad">
            <AlertIcon size={14} /> outcome not known
          </span>
        )}
        {row.rating !== null && (
          <span className={classes.mark}>
            <StarIcon size={14} /> {row.rating} of 5
          </span>
        )}
        {row.redacted_at !== null && <span className={classes.mark}>redacted</span>}
        {row.demo && <span className={classes.mark}>demo</span>}
      </div>
      <p className={classes.facts}>
        <time dateTime={row.started_at}>{moment(row.started_at)}</time>
        <span>{row.agents.length > 0 ? row.agents.map(agentName).join(', ') : 'no agent yet'}</span>
        <span>{counted(row.turns, 'turn')}</span>
        <span>{duration(durationMs)}</span>
        <span title={`${count(row.tokens_in)} tokens in, ${count(row.tokens_out)} out`}>
          {money(row.cost_usd)}
        </span>
      </p>
    </article>
  )
}
