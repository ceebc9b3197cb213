import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { MAX_COMMENT_CHARS } from '../../config/limits'
import classes from './chat.module.css'

const SCALE = ['Bad', 'Poor', 'Fair', 'Good', 'Very good']

interface Props {
  rating: number | null
  onRate: (rating: number, comment: string) => void
}

/** How did we do? One click is enough; a remark is welcome. */
export function Rating({ rating, onRate }: Props) {
  const [remark, setRemark] = useState('')
  const [thanked, setThanked] = useState(false)
  return (
    <section className={classes.rating} aria-label="Your rating">
      <span role="status">{rating === null ? 'How did we do?' : 'Thank you for your rating.'}</span>
      <div className={classes.scale} role="group" aria-label="How did we do?">
        {SCALE.map((label, index) => (
          <Button
            key={label}
            size="compact-sm"
            variant={rating === index + 1 ? 'light' : 'default'}
            aria-pressed={rating === index + 1}
            aria-label={`${index + 1} of 5: ${label}`}
            title={label}
            onClick={() => onRate(index + 1, '')}
          >
            {index + 1}
          </Button>
        ))}
      </div>
      {rating !== null && !thanked && (
        <form
          className={classes.remark}
          onSubmit={(event) => {
            event.preventDefault()
            if (remark.trim()) onRate(rating, remark.trim())
            setThanked(true)
          }}
        >
          <TextInput
            label="Anything to add? (optional)"
            value={remark}
            maxLength={MAX_COMMENT_CHARS}
            onChange={(event) => setRemark(event.currentTarget.value)}
          />
          <Button type="submit" variant="default">
            Send
          </Button>
        </form>
      )}
    </section>
  )
}
