import { ActionIcon, Button } from '@mantine/core'
import { AlertIcon, CrossIcon, PersonIcon, StopIcon } from '../../components/icons'
import classes from './notice.module.css'
import type { ErrorItem, NoticeItem } from '../state'

/** Something happened that is not part of the talk: a hand-over, a stop. */
export function Notice({ item }: { item: NoticeItem }) {
  if (item.kind === 'stopped') {
    return (
      <p className={classes.stopped}>
        <StopIcon size={14} /> {item.text}
      </p>
    )
  }
  return (
    <article className={classes.escalation} aria-label="Handed over to a person">
      <PersonIcon />
      <div>
        <strong>Handed over to a person</strong>
        <p className={classes.words}>{item.text}</p>
      </div>
    </article>
  )
}

interface ErrorProps {
  item: ErrorItem
  onRetry: ((item: ErrorItem) => void) | undefined
  onDismiss: ((key: string) => void) | undefined
}

/** A failure: what happened, what to do, and the button that does it. */
export function ErrorNotice({ item, onRetry, onDismiss }: ErrorProps) {
  return (
    <article
      className={classes.error}
      aria-label="A problem"
      data-over={item.at !== null && item.retry === null}
    >
      <AlertIcon />
      <div>
        <p className={classes.words}>{item.problem.message}</p>
        {item.retry && onRetry && (
          <Button
            size="compact-sm"
            variant="default"
            className={classes.retry}
            loading={item.retrying}
            onClick={() => onRetry(item)}
          >
            Try again
          </Button>
        )}
      </div>
      {item.at === null && onDismiss && (
        <ActionIcon
          variant="subtle"
          color="gray"
          className={classes.dismiss}
          aria-label="Dismiss this problem"
          onClick={() => onDismiss(item.key)}
        >
          <CrossIcon size={16} />
        </ActionIcon>
      )}
    </article>
  )
}
