import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { MAX_COMMENT_CHARS } from '../../config/limits'
import classes from './approval-card.module.css'
import type { Answer } from '../state'

interface Props {
  title: string
  viewer: 'customer' | 'operator'
  answering: Answer | undefined
  onAnswer: (answer: Answer) => void
  onEdit: () => void
}

/** Approve, edit, or reject with a reason. */
export function ApprovalButtons({ title, viewer, answering, onAnswer, onEdit }: Props) {
  const [rejecting, setRejecting] = useState(false)
  const [reason, setReason] = useState('')

  if (answering) return <p className={classes.note}>{onItsWay(answering)}</p>
  if (rejecting) {
    const comment = reason.trim()
    return (
      <form
        className={classes.reject}
        onSubmit={(event) => {
          event.preventDefault()
          onAnswer({ approved: false, ...(comment && { comment }) })
        }}
      >
        <TextInput
          label="Why not? (optional)"
          description={viewer === 'operator' && 'The customer reads it word for word.'}
          value={reason}
          maxLength={MAX_COMMENT_CHARS}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
          autoFocus
        />
        <div className={classes.buttons}>
          <Button type="submit" color="red.9" variant="outline" className={classes.danger}>
            Reject
          </Button>
          <Button variant="default" onClick={() => setRejecting(false)}>
            Back
          </Button>
        </div>
      </form>
    )
  }
  return (
    <div className={classes.buttons}>
      <Button onClick={() => onAnswer({ approved: true })} aria-label={`Approve: ${title}`}>
        Approve
      </Button>
      <Button variant="default" onClick={onEdit} aria-label={`Edit: ${title}`}>
        Edit
      </Button>
      <Button variant="default" onClick={() => setRejecting(true)} aria-label={`Reject: ${title}`}>
        Reject
      </Button>
    </div>
  )
}

function onItsWay(answer: Answer): string {
  if (answer.args) return 'Your changes are being checked…'
  return answer.approved ? 'Your approval is on its way…' : 'Your answer is on its way…'
}
