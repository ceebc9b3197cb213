import { SegmentedControl } from '@mantine/core'
import { Link, useLocation } from 'react-router'
import { agentName } from '../../../conversation/format'
import { count, counted, duration, moment, money } from '../format'
import { ConversationMenu } from '../erase/conversation-menu'
import { OutcomeBadge } from '../outcome-badge'
import classes from './replay-header.module.css'
import type { Live, Replay } from '../types'

interface Props {
  replay: Replay
  live: Live
  playing: boolean
  onShow: (view: 'play' | 'read') => void
}

/** What is known of the conversation as a whole, and what can be done with it. */
export function ReplayHeader({ replay, live, playing, onShow }: Props) {
  const { conversation: row } = replay
  const state = useLocation().state as { listSearch?: string } | null
  const durationMs = Date.parse(row.last_at) - Date.parse(row.started_at)
  return (
    <header className={classes.header}>
      <div className={classes.top}>
        <Link to={`/replay${state?.listSearch ?? ''}`} className={classes.back}>
          ‹ All conversations
        </Link>
        <div className={classes.actions}>
          {live !== 'off' && (
            <span className={classes.live} data-on={live === 'on'} role="status">
              {live === 'on' ? 'Live' : 'Connecting…'}
            </span>
          )}
          <SegmentedControl
            size="xs"
            aria-label="How to look at it"
            value={playing ? 'play' : 'read'}
            data={[
              { value: 'read', label: 'Read' },
              { value: 'play', label: 'Play' },
            ]}
            onChange={(value) => onShow(value === 'play' ? 'play' : 'read')}
          />
          <ConversationMenu row={row} />
        </div>
      </div>
      <h1 className={classes.title} title={row.title}>
        {row.title || 'Nothing was said'}
      </h1>
      <p className={classes.facts}>
        <OutcomeBadge outcome={row.outcome} />
        <time dateTime={row.started_at}>{moment(row.started_at)}</time>
        <span>{duration(durationMs)}</span>
        <span>{counted(row.turns, 'turn')}</span>
        <span>{counted(replay.last, 'step')}</span>
        {row.agents.length > 0 && (
          <span className={classes.extra}>{row.agents.map(agentName).join(', ')}</span>
        )}
        <span className={classes.extra}>
          {count(row.tokens_in)} → {count(row.tokens_out)} tokens
        </span>
        <span>{money(row.cost_usd)}</span>
        {row.rating !== null && <span>rated {row.rating} of 5</span>}
        {row.customer !== null && <span>customer {row.customer}</span>}
      </p>
      {replay.redacted_at !== null && (
        <p className={classes.redacted}>
          Redacted {moment(replay.redacted_at)}: what was said, shown and answered was taken out. Times,
          tokens, cost and outcomes are as they were.
        </p>
      )}
    </header>
  )
}
