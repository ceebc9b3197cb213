import { beforeEach, describe, expect, it } from 'vitest'
import { frames, numbered } from '../testing/frames'
import { HELLO, Rig } from '../testing/fake-connection'
import { backoff } from './backoff'

const stored = numbered([frames.said('Hello', 'm1')])

let rig: Rig

beforeEach(() => {
  rig = new Rig()
})

describe('a new conversation', () => {
  it('connects with its first message and asks for nothing it cannot have missed', () => {
    const line = rig.connection(false)
    line.start()
    expect(rig.sockets).toHaveLength(0)
    line.send(HELLO)
    rig.socket.accept()
    expect(rig.socket.sent).toEqual([HELLO])
  })

  it('exists from its first event on', () => {
    const line = rig.connection(false)
    line.send(HELLO)
    rig.socket.accept()
    rig.socket.say(...stored)
    rig.socket.cut()
    rig.clock.pass(500)
    rig.socket.accept()
    expect(rig.socket.sent).toEqual([{ type: 'resume', thread_id: 't1', after: 1 }])
  })

  it('that never came to be is not followed', () => {
    const line = rig.connection(false)
    line.send(HELLO)
    rig.socket.accept()
    rig.socket.say(frames.failed({ message_id: 'm1' }))
    rig.socket.cut()
    expect(rig.status).toEqual({ is: 'idle' })
  })
})

describe('a conversation that exists', () => {
  it('is caught up with first', () => {
    rig.connection().start()
    expect(rig.status).toEqual({ is: 'connecting', again: false })
    rig.socket.accept()
    expect(rig.socket.sent).toEqual([{ type: 'resume', thread_id: 't1', after: 0 }])
    expect(rig.status).toEqual({ is: 'open' })
  })

  it('hears the pieces of one picture at once', () => {
    rig.following()
    rig.clock.pass(16)
    rig.socket.say(frames.piece('a1', 'It ', 0), frames.piece('a1', 'is', 3))
    rig.clock.pass(16)
    expect(rig.heard).toEqual(['(resuming)', 'resumed', 'token token'])
  })

  it('is not troubled by what is not a frame', () => {
    rig.following()
    rig.socket.hear('{')
    rig.socket.hear(new ArrayBuffer(1))
    rig.clock.pass(16)
    expect(rig.heard).toEqual(['(resuming)', 'resumed'])
  })
})

describe('other words', () => {
  it('a stop is sent on an open line only', () => {
    const line = rig.following()
    line.stop()
    expect(rig.socket.sent.at(-1)).toEqual({ type: 'cancel', thread_id: 't1' })
    rig.socket.cut()
    line.stop()
    expect(rig.socket.sent).toHaveLength(2)
  })

  it('a message tried again is let go of when work shows', () => {
    const line = rig.following()
    line.send(HELLO, true)
    rig.socket.say(frames.piece('a1', 'Hi', 0))
    rig.socket.cut()
    rig.clock.pass(500)
    rig.socket.accept()
    rig.socket.say(frames.resumed(0, true))
    expect(rig.socket.sent).toHaveLength(1)
  })

  it('nothing happens after the end', () => {
    const line = rig.following()
    line.close()
    expect(rig.socket.closed).toBe(true)
    rig.clock.pass(60_000)
    expect(rig.sockets).toHaveLength(1)
    expect(rig.status).toEqual({ is: 'open' })
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
