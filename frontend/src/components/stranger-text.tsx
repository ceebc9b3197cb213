import { VisuallyHidden } from '@mantine/core'
import { useState } from 'react'
import { mixesAlphabets, piecesOf } from './shown-text'
import classes from './stranger-text.module.css'

// As much as one takes in at a glance; a longer value must not push what it belongs to off the screen.
const MAX_CHARS = 300
const MAX_LINES = 6

/** A text that a customer, a model or a target wrote, exactly as it is: in its own direction, with nothing unseen. */
export function StrangerText({ text, label }: { text: string; label: string }) {
  const [open, setOpen] = useState(false)
  const short = shortened(text)
  const pieces = piecesOf(open ? text : short)
  const hides = piecesOf(text).some((piece) => 'hidden' in piece)
  const warning = hides
    ? 'This holds characters that cannot be seen. Each is shown by its number.'
    : mixesAlphabets(text)
      ? 'This mixes letters of several alphabets, which can look alike.'
      : null
  return (
    <>
      <bdi className={classes.text}>
        {pieces.map((piece, place) =>
          'hidden' in piece ? (
            <span key={place} className={classes.hidden} title={piece.name}>
              {piece.hidden}
            </span>
          ) : (
            <span key={place}>{piece.text}</span>
          ),
        )}
        {!open && short.length < text.length && '…'}
      </bdi>
      {short.length < text.length && (
        <button type="button" className={classes.more} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Show less' : `Show all ${text.length.toLocaleString('en')} characters`}{' '}
          <VisuallyHidden>of {label}</VisuallyHidden>
        </button>
      )}
      {warning && <p className={classes.warning}>{warning}</p>}
    </>
  )
}

function shortened(text: string): string {
  const lines = text.split('\n').slice(0, MAX_LINES).join('\n')
  return lines.slice(0, MAX_CHARS)
}
