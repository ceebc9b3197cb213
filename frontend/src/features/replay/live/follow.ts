// Server-sent event stream of a conversation that goes on; resumes after the last step that came.
import { BASE } from '../../../api/client'
import { WATCH_AGAIN_MS } from '../limits'
import type { Step } from '../types'

/** What watching needs of a browser's `EventSource`. */
export interface Stream {
  readonly readyState: number
  onopen: ((event: Event) => unknown) | null
  onerror: ((event: Event) => unknown) | null
  onmessage: ((event: MessageEvent<string>) => unknown) | null
  close: () => void
}

interface Watching {
  threadId: string
  /** The number of the last step that is known. */
  after: number
  onSteps: (steps: Step[]) => void
  /** Whether steps come through right now. */
  onOpen: (open: boolean) => void
  openStream?: (url: string) => Stream
  /** Calls back soon, once for whatever has come until then. */
  soon?: (call: () => void) => void
}

const CLOSED = 2

/**
 * Watch a conversation while it happens, until the returned function is called. Where the line breaks, it goes on
 * after the last step that came; a step comes once.
 */
export function follow({ threadId, after, onSteps, onOpen, ...more }: Watching): () => void {
  const openStream = more.openStream ?? ((url) => new EventSource(url))
  const soon = more.soon ?? ((call) => setTimeout(call, 0))
  let seen = after
  let batch: Step[] = []
  let stream: Stream | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false

  function flush() {
    const steps = batch
    batch = []
    if (!over && steps.length > 0) onSteps(steps)
  }

  function open() {
    const line = openStream(`${BASE}/replay/${threadId}/live?after=${seen}`)
    stream = line
    line.onopen = () => onOpen(true)
    line.onmessage = ({ data }: MessageEvent<string>) => {
      const step = JSON.parse(data) as Step
      if (step.seq <= seen) return
      seen = step.seq
      if (batch.push(step) === 1) soon(flush)
    }
    line.onerror = () => {
      onOpen(false)
      // The browser connects again by itself, unless the server refused.
      if (line.readyState !== CLOSED) return
      line.close()
      timer = setTimeout(open, WATCH_AGAIN_MS)
    }
  }

  open()
  return () => {
    over = true
    clearTimeout(timer)
    stream?.close()
    onOpen(false)
  }
}
