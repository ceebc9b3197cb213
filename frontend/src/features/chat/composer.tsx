import { ActionIcon, Textarea } from '@mantine/core'
import { useEffect, useState, type KeyboardEvent, type RefObject } from 'react'
import { SendIcon, StopIcon } from '../../components/icons'
import classes from './composer.module.css'
import { keepDraft, readDraft } from './storage'
import { checkLength } from './message-length'

interface Props {
  /** Why nothing can be sent at all, in words; null while it can. */
  blocked: string | null
  /** What happens to a message for the time being, where it is not simply sent. */
  hint: string | null
  running: boolean
  stopping: boolean
  onSend: (text: string) => void
  onStop: () => void
  ref: RefObject<HTMLTextAreaElement | null>
}

/** Where the customer writes. Enter sends, Shift and Enter begin a new line. */
export function Composer({ blocked, hint, running, stopping, onSend, onStop, ref }: Props) {
  const [text, setText] = useState(readDraft)
  const length = checkLength(text)
  const sendable = text.trim() !== '' && !length.over && blocked === null

  useEffect(() => keepDraft(text), [text])

  function send() {
    if (!sendable) return
    onSend(text.trim())
    setText('')
    ref.current?.focus()
  }

  return (
    <form
      className={classes.composer}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <div className={classes.box}>
        <Textarea
          ref={ref}
          className={classes.input}
          classNames={{ input: classes.field }}
          variant="unstyled"
          aria-label="Your message"
          aria-describedby="composer-note"
          aria-invalid={length.over}
          placeholder="What can we do for you?"
          autosize
          minRows={1}
          maxRows={8}
          autoFocus
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (!sends(event)) return
            event.preventDefault()
            send()
          }}
        />
        {running && <StopButton stopping={stopping} onStop={onStop} />}
        <ActionIcon type="submit" size={38} radius="xl" aria-label="Send" title="Send" disabled={!sendable}>
          <SendIcon />
        </ActionIcon>
      </div>
      <Note text={blocked ?? length.note ?? hint} over={length.over} />
    </form>
  )
}

function Note({ text, over }: { text: string | null; over: boolean }) {
  return (
    <p id="composer-note" className={classes.note} data-over={over} role={text ? 'status' : undefined}>
      {text ?? 'Enter sends. Shift + Enter starts a new line.'}
    </p>
  )
}

function StopButton({ stopping, onStop }: Pick<Props, 'stopping' | 'onStop'>) {
  return (
    <ActionIcon
      size={38}
      radius="xl"
      variant="default"
      aria-label={stopping ? 'Stopping' : 'Stop this answer'}
      title="Stop this answer"
      disabled={stopping}
      onClick={onStop}
    >
      <StopIcon />
    </ActionIcon>
  )
}

/** Enter alone sends. While an input method composes a word, it chooses the word; Safari tells only by the key's name. */
function sends(event: KeyboardEvent): boolean {
  const composing = event.nativeEvent.isComposing || event.key === 'Process'
  return event.key === 'Enter' && !event.shiftKey && !composing
}
