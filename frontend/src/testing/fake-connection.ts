// Fake connection for tests: a real one on a fake socket, a fake clock and no chance.
import { vi } from 'vitest'
import type { ServerFrame } from '../api/protocol.gen'
import { Connection } from '../ws/connection'
import type { ReliableFrame } from '../ws/outbox'
import type { Status } from '../ws/types'
import { frames } from './frames'
import { FakeClock, FakeSocket } from './fake-socket'

export const HELLO: ReliableFrame = { type: 'message', thread_id: 't1', content: 'Hello', message_id: 'm1' }

/** A connection whose other end, clock and chance are the test's. */
export class FakeConnection {
  readonly clock = new FakeClock()
  readonly sockets: FakeSocket[] = []
  readonly received: string[] = []
  status: Status = { is: 'idle' }
  reason: string | null = null
  online = true

  connection(known = true): Connection {
    return new Connection({
      threadId: 't1',
      known,
      openSocket: () => {
        const socket = new FakeSocket()
        this.sockets.push(socket)
        return socket
      },
      events: {
        onFrames: (batch: readonly ServerFrame[]) =>
          this.received.push(batch.map((frame) => frame.type).join(' ')),
        onStatus: (next) => (this.status = next),
        onResuming: () => this.received.push('(resuming)'),
        onDisconnected: () => this.received.push('(disconnected)'),
      },
      diagnose: () => Promise.resolve(this.reason),
      isOnline: () => this.online,
      clock: this.clock,
      random: () => 1,
    })
  }

  /** The newest socket. */
  get socket(): FakeSocket {
    const last = this.sockets.at(-1)
    if (!last) throw new Error('no socket was opened')
    return last
  }

  /** A conversation that is being followed, up to date. */
  following(): Connection {
    const line = this.connection()
    line.start()
    this.socket.accept()
    this.socket.receive(frames.resumed(0, false))
    return line
  }

  /** Let what is promised come about. */
  settled(): Promise<void> {
    return vi.waitFor(() => {
      if (this.status.is === 'reconnecting') throw new Error('still reconnecting')
    })
  }
}
