// Outbox of a connection: what was sent and is not known to have arrived.
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
    // Undefined for a type that only a newer server knows.
    const effect = EFFECTS[frame.type] as Effect<ServerFrame> | undefined
    for (const key of effect?.settles(frame) ?? []) this.waiting.delete(key)
    if (!effect?.showsWork) return
    for (const [key, entry] of this.waiting) if (entry.again) this.waiting.delete(key)
  }

  frames(): readonly ReliableFrame[] {
    return [...this.waiting.values()].map((entry) => entry.frame)
  }
}

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

type FrameOf<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>

interface Effect<F> {
  /** The keys of the kept frames that a frame answers. */
  settles: (frame: F) => string[]
  /** Whether it shows a turn at work: a turn that is tried again shows itself by what it does. */
  showsWork: boolean
}

const WORK = { settles: () => [], showsWork: true }
const NOTHING = { settles: () => [], showsWork: false }
const answer = (frame: { interrupt_id: string }) => [`answer ${frame.interrupt_id}`]

// Every type of the protocol, so that a new one is not forgotten here.
const EFFECTS: { readonly [T in ServerFrame['type']]: Effect<FrameOf<T>> } = {
  message: { settles: (frame) => [`message ${frame.message_id ?? ''}`], showsWork: false },
  feedback: { settles: () => ['feedback'], showsWork: false },
  interrupt_resolved: { settles: answer, showsWork: false },
  interrupt_expired: { settles: answer, showsWork: false },
  error: { settles: failed, showsWork: false },
  token: WORK,
  tool_call: WORK,
  tool_result: WORK,
  interrupt: WORK,
  clarification: WORK,
  message_complete: WORK,
  escalated: NOTHING,
  receipt: NOTHING,
  resumed: NOTHING,
}

function failed(frame: FrameOf<'error'>): string[] {
  if (frame.message_id) return [`message ${frame.message_id}`]
  if (frame.interrupt_id) return [`answer ${frame.interrupt_id}`]
  // A refused rating is not worth asking the customer about again.
  return frame.seq == null ? ['feedback'] : []
}
