// Connection of one conversation: a WebSocket that reconnects with back-off, resumes, and resends what was not answered.
import type { ClientFrame, ServerFrame } from '../api/protocol.gen'
import { backoff } from './backoff'
import { Outbox, type ReliableFrame } from './outbox'
import { Timers } from './timers'
import type { Clock, ConnectionEvents, Socket, Status } from './types'

const REPLY_MS = 10_000 // the server answers every frame at once; silence means that the line is dead
const PROBE_MS = 30_000 // a line that has been still this long is asked whether it lives
const BATCH_MS = 16 // pieces of text within one picture on the screen are shown together

// The connection's own affairs: it reconnects, and there is nothing for a person to do.
const TRANSPORT_ERRORS = new Set(['first_frame_timeout', 'slow_consumer'])
const REFUSALS = new Set(['origin_refused', 'sign_in_required'])

export interface ConnectionOptions {
  threadId: string
  /** Whether the server has this conversation; a new one exists from its first message on. */
  known: boolean
  openSocket: () => Socket
  events: ConnectionEvents
  /** Asks, after a connection that was not accepted, for a reason that trying again cannot help. */
  diagnose: () => Promise<string | null>
  isOnline: () => boolean
  clock: Clock
  random: () => number
}

/** One conversation's line to the server: it comes back by itself, asks for what it missed and loses nothing sent. */
export class Connection {
  private readonly outbox = new Outbox()
  private socket: Socket | null = null
  private status: Status = { is: 'idle' }
  private known: boolean
  private lastSeq = 0
  private attempt = 0
  private readonly timers: Timers<'retry' | 'reply' | 'probe' | 'batch'>
  private batch: ServerFrame[] = []
  private closed = false

  constructor(private readonly options: ConnectionOptions) {
    this.known = options.known
    this.timers = new Timers(options.clock)
  }

  /** Connect now if there is a conversation to follow; a new one connects with its first message. */
  start(): void {
    this.closed = false
    if (this.known) this.connect()
  }

  /** Send a frame that must arrive, now or when the line is back. */
  send(frame: ReliableFrame, again = false): void {
    this.outbox.add(frame, again)
    if (this.status.is === 'open') this.write(frame)
    else if (this.status.is === 'idle') this.connect()
    else if (this.status.is === 'reconnecting') this.retryNow()
  }

  /** Ask the server to stop; only worth sending on a line that is open. */
  stop(): void {
    if (this.status.is === 'open') this.write({ type: 'cancel', thread_id: this.options.threadId })
  }

  /** Do not wait for the next attempt. */
  retryNow(): void {
    if (this.status.is === 'reconnecting') this.connect()
  }

  /** Find out whether an open line still lives, for example when the page is looked at again. */
  probe(): void {
    if (this.status.is !== 'open' || !this.known) return
    this.write({ type: 'resume', thread_id: this.options.threadId, after: this.lastSeq })
  }

  /** Leave for good. */
  close(): void {
    this.closed = true
    this.dropSocket()
    this.timers.stopAll()
    this.status = { is: 'idle' }
  }

  private connect(): void {
    this.timers.stopAll()
    this.dropSocket()
    this.setStatus({ is: 'connecting', again: this.attempt > 0 })
    const socket = this.options.openSocket()
    this.socket = socket
    let opened = false
    socket.onopen = () => {
      opened = true
      this.opened()
    }
    socket.onmessage = (event) => this.onData(event.data)
    socket.onclose = () => void this.onClosed(opened)
    this.awaitReply()
  }

  private opened(): void {
    this.setStatus({ is: 'open' })
    if (!this.known) {
      this.flushOutbox()
      return
    }
    this.flushBatch()
    this.options.events.onResuming()
    this.write({ type: 'resume', thread_id: this.options.threadId, after: this.lastSeq })
  }

  private onData(data: unknown): void {
    this.timers.stop('reply')
    this.timers.start('probe', PROBE_MS, () => this.probe())
    const frame = parse(data)
    if (!frame) return
    this.attempt = 0
    if (frame.type === 'error' && REFUSALS.has(frame.code)) {
      this.refuse(frame.message)
      return
    }
    if (frame.type === 'error' && TRANSPORT_ERRORS.has(frame.code)) return
    if (frame.seq != null) {
      this.known = true
      this.lastSeq = Math.max(this.lastSeq, frame.seq)
    }
    this.outbox.settle(frame)
    this.batch.push(frame)
    this.timers.startOnce('batch', BATCH_MS, () => this.flushBatch())
    // What was missed may answer what is waiting, so only the rest is sent again.
    if (frame.type === 'resumed') this.flushOutbox()
  }

  private async onClosed(opened: boolean): Promise<void> {
    this.dropSocket()
    this.flushBatch()
    this.timers.stopAll()
    if (opened) this.options.events.onDisconnected()
    if (!this.known && this.outbox.frames().length === 0) {
      this.setStatus({ is: 'idle' })
      return
    }
    const wait = backoff(this.attempt, this.options.random)
    this.attempt += 1
    const nextAt = this.options.clock.now() + wait
    this.setStatus({ is: 'reconnecting', nextAt, offline: !this.options.isOnline() })
    this.timers.start('retry', wait, () => this.connect())
    if (opened) return
    const reason = await this.options.diagnose()
    if (reason !== null && this.status.is === 'reconnecting') this.refuse(reason)
  }

  private refuse(message: string): void {
    this.dropSocket()
    this.flushBatch()
    this.timers.stopAll()
    this.setStatus({ is: 'refused', message })
  }

  private write(frame: ClientFrame): void {
    this.socket?.send(JSON.stringify(frame))
    this.awaitReply()
  }

  private flushOutbox(): void {
    for (const frame of this.outbox.frames()) this.write(frame)
  }

  private flushBatch(): void {
    this.timers.stop('batch')
    if (this.batch.length === 0) return
    const frames = this.batch
    this.batch = []
    this.options.events.onFrames(frames)
  }

  private awaitReply(): void {
    this.timers.startOnce('reply', REPLY_MS, () => void this.onClosed(this.status.is === 'open'))
  }

  private dropSocket(): void {
    const socket = this.socket
    this.socket = null
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }

  private setStatus(status: Status): void {
    this.status = status
    if (!this.closed) this.options.events.onStatus(status)
  }
}

function parse(data: unknown): ServerFrame | null {
  try {
    return typeof data === 'string' ? (JSON.parse(data) as ServerFrame) : null
  } catch {
    return null
  }
}
