import { describe, expect, it } from 'vitest'
import type { ServerFrame } from '../api/protocol.gen'
import { CANCEL_ASKED as asked, frames, numbered } from '../testing/frames'
import { after, cards, toolStates as tools } from '../testing/reduce-frames'
import { view } from './view'

describe('an approval of customer and support team', () => {
  const second = frames.interrupt('i2', { call_id: 'c1', audience: 'operator', given: ['customer'] })
  const agreed = [
    ...asked,
    ...numbered(
      [{ ...frames.interruptResolved('i1', 'approved'), next: 'operator' } as ServerFrame, second],
      9,
    ),
  ]

  it('waits for the support team after the customer, and nothing runs meanwhile', () => {
    const state = after(agreed)
    expect(cards(state)).toMatchObject([{ state: 'approved', next: 'operator' }, { state: 'pending' }])
    expect(view(state)).toMatchObject({ running: false, pendingApprovals: 0 })
    expect(tools(state)).toEqual(['waiting'])
    expect(view(state).announcement).toContain('The support team decides about this: Cancel order 1042')
  })

  it('lets the customer go on chatting', () => {
    const state = after([
      ...agreed,
      ...numbered(
        [frames.message('And 1043?', 'm2'), frames.token('a2', 'Sent.'), frames.messageComplete()],
        21,
      ),
    ])
    expect(view(state)).toMatchObject({ running: false, announcement: 'Sent.' })
    expect(cards(state)[1]?.state).toBe('pending')
  })

  it.each([
    ['approved', 'The support team has answered'],
    ['rejected', 'The support team has rejected'],
  ] as const)('goes on by itself once it is %s', (decision, words) => {
    const answer = { ...frames.interruptResolved('i2', decision), by: 'operator' } as ServerFrame
    const state = after([...agreed, ...numbered([answer], 21)])
    expect(cards(state)[1]).toMatchObject({ state: decision, by: 'operator' })
    expect(view(state).running).toBe(true)
    expect(view(state).announcement).toContain(words)
    const over = after([
      ...agreed,
      ...numbered([answer, frames.toolResult('c1'), frames.messageComplete()], 21),
    ])
    expect(view(over).running).toBe(false)
    expect(cards(over)[1]?.outcome?.is).toBe('succeeded')
    expect(cards(over)[0]).not.toHaveProperty('outcome')
  })
})
