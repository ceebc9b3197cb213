import { Loader } from '@mantine/core'
import type { ReactNode } from 'react'
import { AlertIcon, CheckIcon, ChevronIcon, ClockIcon, CrossIcon } from '../../components/icons'
import { JsonBlock } from '../../components/json-block'
import { humanize } from '../format'
import type { ToolItem } from '../state'
import classes from './tool-line.module.css'

const STATES: Record<ToolItem['state'], { label: string; icon: ReactNode }> = {
  running: { label: 'under way', icon: <Loader size={12} aria-hidden="true" /> },
  waiting: { label: 'waits for approval', icon: <ClockIcon size={15} /> },
  succeeded: { label: 'done', icon: <CheckIcon size={15} /> },
  failed: { label: 'failed', icon: <AlertIcon size={15} /> },
  rejected: { label: 'not done: rejected', icon: <CrossIcon size={15} /> },
  expired: { label: 'not done: expired', icon: <ClockIcon size={15} /> },
  unknown: { label: 'outcome not known', icon: <AlertIcon size={15} /> },
  interrupted: { label: 'interrupted', icon: <CrossIcon size={15} /> },
}

/** One call of a tool: a quiet line that opens. */
export function ToolLine({ item }: { item: ToolItem }) {
  const { label, icon } = STATES[item.state]
  return (
    <details className={classes.line} data-state={item.state}>
      <summary className={classes.summary}>
        <span className={classes.icon}>{icon}</span>
        <span className={classes.title}>{item.title || humanize(item.tool)}</span>
        <span className={classes.state}>{label}</span>
        <span className={classes.chevron}>
          <ChevronIcon size={14} />
        </span>
      </summary>
      <div className={classes.body}>
        {item.summary && <p className={classes.result}>{item.summary}</p>}
        <JsonBlock label={`What ${item.tool} was called with`} value={item.args} />
        <p className={classes.small}>
          <code>{item.tool}</code>
          {item.durationMs !== undefined && ` · ${duration(item.durationMs)}`}
        </p>
      </div>
    </details>
  )
}

function duration(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`
}
