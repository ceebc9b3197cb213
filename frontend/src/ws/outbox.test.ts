import { describe, expect, it } from 'vitest'
import type { ServerFrame } from '../api/protocol.gen'
import { frames } from '../testing/frames'
import { Outbox, type ReliableFrame } from './outbox'

const HELLO: ReliableFrame = { type: 'message', thread_id: 't1', content: 'Hello', message_id: 'm1' }
const RATING: ReliableFrame = { type: 'feedback', thread_id: 't1', rating: 5 }
const YES: ReliableFrame = { type: 'interrupt_response', thread_id: 't1', interrupt_id: 'i1', approved: true }

function after(frame: ServerFrame, again = false): string[] {
  const outbox = new Outbox()
  for (const kept of [HELLO, RATING, YES]) outbox.add(kept, again)
  outbox.settle(frame)
  return outbox.frames().map(({ type }) => type)
}

describe('what is kept until the server has answered', () => {
  it('goes with its answer, and with nothing else', () => {
    expect(after(frames.message('Hello', 'm1'))).toEqual(['feedback', 'interrupt_response'])
    expect(after(frames.interruptResolved('i1', 'approved'))).toEqual(['message', 'feedback'])
    expect(after(frames.interruptExpired('i1'))).toEqual(['message', 'feedback'])
    expect(after(frames.feedback(5))).toEqual(['message', 'interrupt_response'])
    expect(after(frames.error({ message_id: 'm1' }))).toEqual(['feedback', 'interrupt_response'])
    expect(after(frames.message('Other', 'm2'))).toHaveLength(3)
  })

  it('goes with the work of its turn where the server was asked to try it again', () => {
    expect(after(frames.toolCall('c1'), true)).toEqual([])
    expect(after(frames.toolCall('c1'))).toHaveLength(3)
    expect(after(frames.escalated('Somebody will write.'), true)).toHaveLength(3)
  })

  it('stays where a newer server says something that is not known here', () => {
    expect(after({ type: 'from_tomorrow' } as unknown as ServerFrame, true)).toHaveLength(3)
  })
})
