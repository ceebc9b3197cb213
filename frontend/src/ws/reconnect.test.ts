import { beforeEach, describe, expect, it } from 'vitest'
import { frames, numbered } from '../testing/frames'
import { HELLO, FakeConnection } from '../testing/fake-connection'

const stored = numbered([frames.message('Hello', 'm1')])

let fake: FakeConnection

beforeEach(() => {
  fake = new FakeConnection()
})

describe('a cut line', () => {
  it('says when it will try again, longer each time, and asks for what it missed', () => {
    fake.following()
    fake.socket.receive(...numbered([frames.message('Hello', 'm0')], 7))
    fake.socket.cut()
    expect(fake.received).toEqual(['(resuming)', 'resumed message', '(disconnected)'])
    expect(fake.status).toEqual({ is: 'reconnecting', nextAt: 500, offline: false })
    fake.clock.pass(500)
    expect(fake.status).toEqual({ is: 'connecting', again: true })
    fake.socket.cut()
    expect(fake.status).toEqual({ is: 'reconnecting', nextAt: 1500, offline: false })
    fake.clock.pass(1000)
    fake.socket.accept()
    expect(fake.socket.sent).toEqual([{ type: 'resume', thread_id: 't1', after: 7 }])
  })

  it('sends what was not taken once more, after it knows what it missed', () => {
    const line = fake.following()
    line.send(HELLO)
    fake.socket.cut()
    fake.clock.pass(500)
    fake.socket.accept()
    expect(fake.socket.sent).toHaveLength(1)
    fake.socket.receive(frames.resumed(0, false))
    expect(fake.socket.sent[1]).toEqual(HELLO)
  })

  it('does not send again what the server turns out to have', () => {
    const line = fake.following()
    line.send(HELLO)
    line.send({ type: 'interrupt_response', thread_id: 't1', interrupt_id: 'i1', approved: true })
    line.send({ type: 'feedback', thread_id: 't1', rating: 5 })
    fake.socket.cut()
    fake.clock.pass(500)
    fake.socket.accept()
    fake.socket.receive(
      ...stored,
      ...numbered([frames.interruptResolved('i1', 'approved'), frames.feedback(5)], 3),
    )
    fake.socket.receive(frames.resumed(5, true))
    expect(fake.socket.sent).toHaveLength(1)
  })

  it('is tried at once when somebody asks for it or says something', () => {
    const line = fake.following()
    fake.socket.cut()
    line.retryNow()
    expect(fake.sockets).toHaveLength(2)
    fake.socket.cut()
    line.send(HELLO)
    expect(fake.sockets).toHaveLength(3)
    line.retryNow()
    expect(fake.sockets).toHaveLength(3)
  })

  it('knows when the machine itself is offline', () => {
    fake.following()
    fake.online = false
    fake.socket.cut()
    expect(fake.status).toMatchObject({ is: 'reconnecting', offline: true })
  })

  it('that the server refuses for good is not tried again', async () => {
    fake.reason = 'Requests from other sites are not accepted.'
    fake.connection().start()
    fake.socket.cut()
    await fake.settled()
    expect(fake.status).toEqual({ is: 'refused', message: fake.reason })
    fake.clock.pass(60_000)
    expect(fake.sockets).toHaveLength(1)
  })

  it('that was refused by a frame is not tried again either', () => {
    fake.following()
    fake.socket.receive(frames.error({ code: 'origin_refused', message: 'No.' }))
    expect(fake.status).toEqual({ is: 'refused', message: 'No.' })
    expect(fake.socket.closed).toBe(true)
  })

  it('says nothing of what only the connection can mend', () => {
    fake.following()
    fake.socket.receive(frames.error({ code: 'slow_consumer' }))
    fake.socket.cut()
    expect(fake.received.at(-2)).toBe('resumed')
  })
})

describe('a dead line', () => {
  it('is found by a message that nothing answers', () => {
    const line = fake.following()
    line.send(HELLO)
    fake.clock.pass(10_000)
    expect(fake.sockets[0]?.closed).toBe(true)
    expect(fake.status).toMatchObject({ is: 'reconnecting' })
  })

  it('is found by asking when it has been still for long', () => {
    fake.following()
    fake.clock.pass(30_000)
    expect(fake.socket.sent.at(-1)).toEqual({ type: 'resume', thread_id: 't1', after: 0 })
    fake.clock.pass(10_000)
    expect(fake.status).toMatchObject({ is: 'reconnecting' })
  })

  it('is not suspected while it answers', () => {
    fake.following()
    for (let minute = 0; minute < 10; minute += 1) {
      fake.clock.pass(30_000)
      fake.socket.receive(frames.resumed(0, false))
    }
    expect(fake.sockets).toHaveLength(1)
  })

  it('is found by a connection that never opens', () => {
    fake.connection().start()
    fake.clock.pass(10_000)
    expect(fake.status).toMatchObject({ is: 'reconnecting' })
  })
})
