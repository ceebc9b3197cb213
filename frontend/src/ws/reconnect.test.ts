import { beforeEach, describe, expect, it } from 'vitest'
import { frames, numbered } from '../testing/frames'
import { HELLO, Rig } from '../testing/fake-connection'

const stored = numbered([frames.said('Hello', 'm1')])

let rig: Rig

beforeEach(() => {
  rig = new Rig()
})

describe('a cut line', () => {
  it('says when it will try again, longer each time, and asks for what it missed', () => {
    rig.following()
    rig.socket.say(...numbered([frames.said('Hello', 'm0')], 7))
    rig.socket.cut()
    expect(rig.heard).toEqual(['(resuming)', 'resumed message', '(disconnected)'])
    expect(rig.status).toEqual({ is: 'reconnecting', nextAt: 500, offline: false })
    rig.clock.pass(500)
    expect(rig.status).toEqual({ is: 'connecting', again: true })
    rig.socket.cut()
    expect(rig.status).toEqual({ is: 'reconnecting', nextAt: 1500, offline: false })
    rig.clock.pass(1000)
    rig.socket.accept()
    expect(rig.socket.sent).toEqual([{ type: 'resume', thread_id: 't1', after: 7 }])
  })

  it('sends what was not taken once more, after it knows what it missed', () => {
    const line = rig.following()
    line.send(HELLO)
    rig.socket.cut()
    rig.clock.pass(500)
    rig.socket.accept()
    expect(rig.socket.sent).toHaveLength(1)
    rig.socket.say(frames.resumed(0, false))
    expect(rig.socket.sent[1]).toEqual(HELLO)
  })

  it('does not send again what the server turns out to have', () => {
    const line = rig.following()
    line.send(HELLO)
    line.send({ type: 'interrupt_response', thread_id: 't1', interrupt_id: 'i1', approved: true })
    line.send({ type: 'feedback', thread_id: 't1', rating: 5 })
    rig.socket.cut()
    rig.clock.pass(500)
    rig.socket.accept()
    rig.socket.say(...stored, ...numbered([frames.resolved('i1', 'approved'), frames.rated(5)], 3))
    rig.socket.say(frames.resumed(5, true))
    expect(rig.socket.sent).toHaveLength(1)
  })

  it('is tried at once when somebody asks for it or says something', () => {
    const line = rig.following()
    rig.socket.cut()
    line.retryNow()
    expect(rig.sockets).toHaveLength(2)
    rig.socket.cut()
    line.send(HELLO)
    expect(rig.sockets).toHaveLength(3)
    line.retryNow()
    expect(rig.sockets).toHaveLength(3)
  })

  it('knows when the machine itself is offline', () => {
    rig.following()
    rig.online = false
    rig.socket.cut()
    expect(rig.status).toMatchObject({ is: 'reconnecting', offline: true })
  })

  it('that the server refuses for good is not tried again', async () => {
    rig.reason = 'Requests from other sites are not accepted.'
    rig.connection().start()
    rig.socket.cut()
    await rig.settled()
    expect(rig.status).toEqual({ is: 'refused', message: rig.reason })
    rig.clock.pass(60_000)
    expect(rig.sockets).toHaveLength(1)
  })

  it('that was refused by a frame is not tried again either', () => {
    rig.following()
    rig.socket.say(frames.failed({ code: 'origin_refused', message: 'No.' }))
    expect(rig.status).toEqual({ is: 'refused', message: 'No.' })
    expect(rig.socket.closed).toBe(true)
  })

  it('says nothing of what only the connection can mend', () => {
    rig.following()
    rig.socket.say(frames.failed({ code: 'slow_consumer' }))
    rig.socket.cut()
    expect(rig.heard.at(-2)).toBe('resumed')
  })
})

describe('a dead line', () => {
  it('is found by a message that nothing answers', () => {
    const line = rig.following()
    line.send(HELLO)
    rig.clock.pass(10_000)
    expect(rig.sockets[0]?.closed).toBe(true)
    expect(rig.status).toMatchObject({ is: 'reconnecting' })
  })

  it('is found by asking when it has been still for long', () => {
    rig.following()
    rig.clock.pass(30_000)
    expect(rig.socket.sent.at(-1)).toEqual({ type: 'resume', thread_id: 't1', after: 0 })
    rig.clock.pass(10_000)
    expect(rig.status).toMatchObject({ is: 'reconnecting' })
  })

  it('is not suspected while it answers', () => {
    rig.following()
    for (let minute = 0; minute < 10; minute += 1) {
      rig.clock.pass(30_000)
      rig.socket.say(frames.resumed(0, false))
    }
    expect(rig.sockets).toHaveLength(1)
  })

  it('is found by a connection that never opens', () => {
    rig.connection().start()
    rig.clock.pass(10_000)
    expect(rig.status).toMatchObject({ is: 'reconnecting' })
  })
})
