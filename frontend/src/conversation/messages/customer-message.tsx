import { Button } from '@mantine/core'
import { Time } from '../../components/time'
import classes from './message.module.css'
import type { CustomerItem } from '../state'

/** What the customer said, and whether it has arrived. */
export function CustomerMessage({
  item,
  onRetry,
}: {
  item: CustomerItem
  onRetry: ((item: CustomerItem) => void) | undefined
}) {
  return (
    <article className={classes.customer} aria-label="You">
      <div className={classes.bubble} data-state={item.state}>
        {item.text}
      </div>
      <div className={classes.meta}>
        {item.state === 'sending' && <span>Sending…</span>}
        {item.state === 'sent' && item.at && <Time at={item.at} />}
        {item.state === 'failed' && (
          <span className={classes.failed} role="alert">
            Not sent. {item.problem?.message}{' '}
            {onRetry && item.problem?.retryable && (
              <Button size="compact-xs" variant="default" onClick={() => onRetry(item)}>
                Send again
              </Button>
            )}
          </span>
        )}
      </div>
    </article>
  )
}
