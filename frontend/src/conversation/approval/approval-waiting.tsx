import { Button } from '@mantine/core'
import type { InterruptRequest } from '../../api/protocol.gen'
import { Time } from '../../components/time'
import classes from './approval-card.module.css'
import type { ApprovalItem } from '../state'

interface Props {
  title: string
  item: ApprovalItem
  onCancel: () => void
}

/** What the customer is told while the support team decides. */
export function ApprovalWaiting({ title, item, onCancel }: Props) {
  if (item.answering) return <p className={classes.note}>It is being taken back…</p>
  return (
    <>
      <p className={classes.note}>
        The support team decides about this, until <Time at={item.request.expires_at} />. There is nothing you
        need to do: you can go on chatting, and it goes on by itself after the decision.
      </p>
      <div className={classes.buttons}>
        <Button variant="default" size="compact-sm" onClick={onCancel} aria-label={`Take back: ${title}`}>
          Take it back
        </Button>
      </div>
    </>
  )
}

interface EditedProps {
  by: InterruptRequest['edited_by']
  viewer: 'customer' | 'operator'
}

/** Whoever is asked for consent to values that the other side has changed is told so. */
export function EditedBy({ by, viewer }: EditedProps) {
  if (!by || by === viewer) return null
  const who = by === 'operator' ? 'The support team' : 'The customer'
  return (
    <p className={classes.note}>{who} has changed the values. They count only if you agree to them too.</p>
  )
}
