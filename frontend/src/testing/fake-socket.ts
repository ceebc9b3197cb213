// Fakes of what a connection needs: a socket and a clock.
import type { ClientFrame, ServerFrame } from '../api/protocol.gen'
import type { Clock, Socket } from '../ws/types'

/** A clock that only moves when it is told to. */
export class FakeClock implements Clock {
  private time = 0
  private next = 1
  private readonly timers = new Map<number, { at: number; call: () => void }>()

  now = () => this.time

  setTimeout = (call: () => void, ms: number) => {
    this.timers.set(this.next, { at: this.time + ms, call })
    return this.next++
  }

  clearTimeout = (timer: unknown) => {
    this.timers.delete(timer as number)
  }

  /** Let time pass; what falls due on the way happens in order. */
  pass(ms: number): void {
    const end = this.time + ms
    for (;;) {
      const due = [...this.timers].filter(([, timer]) => timer.at <= end)
      const first = due.sort(([, one], [, other]) => one.at - other.at)[0]
      if (!first) break
      this.timers.delete(first[0])
      this.time = first[1].at
      first[1].call()
    }
    this.time = end
  }
}

/** A socket whose other end is the test. */
export class FakeSocket implements Socket {
  onopen: Socket['onopen'] = null
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  closed = false
  readonly sent: ClientFrame[] = []

  send = (data: string) => {
    this.sent.push(JSON.parse(data) as ClientFrame)
  }

  close = () => {
    this.closed = true
  }

  accept(): void {
    this.onopen?.(new Event('open'))
  }

  receive(...frames: ServerFrame[]): void {
    for (const frame of frames) this.receiveData(JSON.stringify(frame))
  }

  receiveData(data: unknown): void {
    this.onmessage?.(new MessageEvent('message', { data }))
  }

  cut(): void {
    this.onclose?.(new CloseEvent('close'))
  }
}
