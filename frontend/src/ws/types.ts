// Types of the connection: its status, its events, and the parts of a browser that it needs.
import type { ServerFrame } from '../api/protocol.gen'

export type Status =
  /** No conversation to follow yet. */
  | { is: 'idle' }
  | { is: 'connecting'; again: boolean }
  | { is: 'open' }
  /** Cut; `nextAt` is when the next attempt is made. */
  | { is: 'reconnecting'; nextAt: number; offline: boolean }
  /** The server will not have us, and trying again cannot help. */
  | { is: 'refused'; message: string }

export interface ConnectionEvents {
  onFrames: (frames: readonly ServerFrame[]) => void
  onStatus: (status: Status) => void
  /** What was missed is being asked for; unfinished text will come again from its beginning. */
  onResuming: () => void
  onDisconnected: () => void
}

/** The part of a browser's WebSocket that is used. */
export interface Socket {
  onopen: ((event: Event) => void) | null
  onmessage: ((event: MessageEvent) => void) | null
  onclose: ((event: CloseEvent) => void) | null
  send: (data: string) => void
  close: () => void
}

export interface Clock {
  now: () => number
  setTimeout: (call: () => void, ms: number) => unknown
  clearTimeout: (timer: unknown) => void
}
