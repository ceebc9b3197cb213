import type { ClientFrame, ServerFrame } from '../api/protocol.gen'

/** A frame that must arrive: kept, and sent again on a new connection, until the server has said what became of it. */
export type ReliableFrame = Extract<ClientFrame, { type: 'message' | 'interrupt_response' | 'feedback' }>

export class Outbox {
  private readonly waiting = new Map<string, { frame: ReliableFrame; again: boolean }>()

  /**
   * Keep a frame; the same message or answer takes the place of the earlier one. `again`: the server knows it and
   * is asked to try it once more, so it will not be stored (and said to be) a second time.
   */
  add(frame: ReliableFrame, again = false): void {
    this.waiting.set(keyOf(frame), { frame, again })
  }

  /** Let go of what this frame answers. */
  settle(frame: ServerFrame): void {
    for (const key of settledBy(frame)) this.waiting.delete(key)
    if (!SHOWS_WORK.has(frame.type)) return
    for (const [key, entry] of this.waiting) if (entry.again) this.waiting.delete(key)
  }

  frames(): readonly ReliableFrame[] {
    return [...this.waiting.values()].map((entry) => entry.frame)
  }
}

// A turn that is tried again shows itself by what it does.
const SHOWS_WORK: ReadonlySet<ServerFrame['type']> = new Set([
  'token',
  'tool_call',
  'tool_result',
  'interrupt',
  'clarification',
  'message_complete',
])

function keyOf(frame: ReliableFrame): string {
  switch (frame.type) {
    case 'message':
      return `message ${frame.message_id ?? ''}`
    case 'interrupt_response':
      return `answer ${frame.interrupt_id ?? ''}`
    case 'feedback':
      return 'feedback'
  }
}

function settledBy(frame: ServerFrame): string[] {
  switch (frame.type) {
    case 'message':
      return [`message ${frame.message_id ?? ''}`]
    case 'interrupt_resolved':
    case 'interrupt_expired':
      return [`answer ${frame.interrupt_id}`]
    case 'feedback':
      return ['feedback']
    case 'error':
      if (frame.message_id) return [`message ${frame.message_id}`]
      if (frame.interrupt_id) return [`answer ${frame.interrupt_id}`]
      // A refused rating is not worth asking the customer about again.
      return frame.seq == null ? ['feedback'] : []
    default:
      return []
  }
}
