import { Loader } from '@mantine/core'
import type { Item } from '../state'
import classes from './message.module.css'

/** That something is being done, while there is nothing else to see of it. */
export function WorkingIndicator({ items }: { items: readonly Item[] }) {
  const last = items.at(-1)
  const speaking = last?.kind === 'agent' && last.live
  const calling = last?.kind === 'tool' && last.state === 'running'
  if (speaking || calling) return null
  return (
    <div className={classes.working}>
      <Loader size={18} type="dots" aria-hidden="true" />
      Working on it…
    </div>
  )
}
