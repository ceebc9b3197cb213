import { beforeEach, describe, expect, it } from 'vitest'
import { frames, numbered } from '../testing/frames'
import { HELLO, FakeConnection } from '../testing/fake-connection'
import { backoff } from './backoff'

const stored = numbered([frames.message('Hello', 'm1')])

let fake: FakeConnection

beforeEach(() => {
  fake = new FakeConnection()
})

describe('a new conversation', () => {
  it('connects with its first message and asks for nothing it cannot have missed', () => {
    const line = fake.connection(false)
    line.start()
    expect(fake.sockets).toHaveLength(0)
    line.send(HELLO)
    fake.socket.accept()
    expect(fake.socket.sent).toEqual([HELLO])
  })

  it('exists from its first event on', () => {
    const line = fake.connection(false)
    line.send(HELLO)
    fake.socket.accept()
    fake.socket.receive(...stored)
    fake.socket.cut()
    fake.clock.pass(500)
    fake.socket.accept()
    expect(fake.socket.sent).toEqual([{ type: 'resume', thread_id: 't1', after: 1 }])
  })

  it('that never came to be is not followed', () => {
    const line = fake.connection(false)
    line.send(HELLO)
    fake.socket.accept()
    fake.socket.receive(frames.error({ message_id: 'm1' }))
    fake.socket.cut()
    expect(fake.status).toEqual({ is: 'idle' })
  })
})

describe('a conversation that exists', () => {
  it('is caught up with first', () => {
    fake.connection().start()
    expect(fake.status).toEqual({ is: 'connecting', again: false })
    fake.socket.accept()
    expect(fake.socket.sent).toEqual([{ type: 'resume', thread_id: 't1', after: 0 }])
    expect(fake.status).toEqual({ is: 'open' })
  })

  it('hears the pieces of one picture at once', () => {
    fake.following()
    fake.clock.pass(16)
    fake.socket.receive(frames.liveToken('a1', 'It ', 0), frames.liveToken('a1', 'is', 3))
    fake.clock.pass(16)
    expect(fake.received).toEqual(['(resuming)', 'resumed', 'token token'])
  })

  it('is not troubled by what is not a frame', () => {
    fake.following()
    fake.socket.receiveData('{')
    fake.socket.receiveData(new ArrayBuffer(1))
    fake.clock.pass(16)
    expect(fake.received).toEqual(['(resuming)', 'resumed'])
  })
})

describe('other words', () => {
  it('a stop is sent on an open line only', () => {
    const line = fake.following()
    line.stop()
    expect(fake.socket.sent.at(-1)).toEqual({ type: 'cancel', thread_id: 't1' })
    fake.socket.cut()
    line.stop()
    expect(fake.socket.sent).toHaveLength(2)
  })

  it('a message tried again is let go of when work shows', () => {
    const line = fake.following()
    line.send(HELLO, true)
    fake.socket.receive(frames.liveToken('a1', 'Hi', 0))
    fake.socket.cut()
    fake.clock.pass(500)
    fake.socket.accept()
    fake.socket.receive(frames.resumed(0, true))
    expect(fake.socket.sent).toHaveLength(1)
  })

  it('nothing happens after the end', () => {
    const line = fake.following()
    line.close()
    expect(fake.socket.closed).toBe(true)
    fake.clock.pass(60_000)
    expect(fake.sockets).toHaveLength(1)
    expect(fake.status).toEqual({ is: 'open' })
  })
})

describe('the wait before the next attempt', () => {
  it('doubles up to a quarter of a minute, with half of it left to chance', () => {
    expect([0, 1, 2, 9, 99].map((attempt) => backoff(attempt, () => 1))).toEqual([
      500, 1000, 2000, 15_000, 15_000,
    ])
    expect(backoff(0, () => 0)).toBe(250)
  })
})
