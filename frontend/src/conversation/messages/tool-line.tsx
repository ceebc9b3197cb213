import { Loader } from '@mantine/core'
import type { ReactNode } from 'react'
import { AlertIcon, CheckIcon, ChevronIcon, ClockIcon, CrossIcon } from '../../components/icons'
import { JsonBlock } from '../../components/json-block'
import { inWords } from '../format'
import type { ToolItem } from '../state'
import classes from './tool-line.module.css'

const STATES: Record<ToolItem['state'], { words: string; icon: ReactNode }> = {
  running: { words: 'under way', icon: <Loader size={12} aria-hidden="true" /> },
  waiting: { words: 'waits for approval', icon: <ClockIcon size={15} /> },
  succeeded: { words: 'done', icon: <CheckIcon size={15} /> },
  failed: { words: 'failed', icon: <AlertIcon size={15} /> },
  rejected: { words: 'not done: rejected', icon: <CrossIcon size={15} /> },
  expired: { words: 'not done: expired', icon: <ClockIcon size={15} /> },
  unknown: { words: 'outcome not known', icon: <AlertIcon size={15} /> },
  interrupted: { words: 'interrupted', icon: <CrossIcon size={15} /> },
}

/** One call of a tool: a quiet line that opens. */
export function ToolLine({ item }: { item: ToolItem }) {
  const { words, icon } = STATES[item.state]
  return (
    <details className={classes.line} data-state={item.state}>
      <summary className={classes.summary}>
        <span className={classes.icon}>{icon}</span>
        <span className={classes.title}>{item.title || inWords(item.tool)}</span>
        <span className={classes.state}>{words}</span>
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
