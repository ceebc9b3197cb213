import { describe, expect, it } from 'vitest'
import { CANCEL_ASKED as asked, frames, numbered } from '../testing/frames'
import { after, cards, toolStates as tools } from '../testing/reduce-frames'
import { reduce } from './reducer'
import { view } from './view'

describe('an approval', () => {
  it('waits, and its turn with it', () => {
    const state = after(asked)
    expect(cards(state)).toMatchObject([{ state: 'pending', request: { title: 'Cancel order 1042' } }])
    expect(view(state)).toMatchObject({ running: false, pendingApprovals: 1 })
    expect(tools(state)).toEqual(['waiting'])
    expect(view(state).announcement).toBe('Approval needed: Cancel order 1042')
  })

  it('shows the answer on its way until it is in the record', () => {
    const answered = reduce(after(asked), {
      type: 'answered',
      interruptId: 'i1',
      answer: { approved: true },
    })
    expect(cards(answered)[0]).toMatchObject({ state: 'pending', answering: { approved: true } })
    const resolved = after(numbered([frames.interruptResolved('i1', 'approved')], 9), answered)
    expect(cards(resolved)[0]).toMatchObject({ state: 'approved', by: 'customer' })
    expect(cards(resolved)[0]).not.toHaveProperty('answering')
    expect(view(resolved)).toMatchObject({ running: true, pendingApprovals: 0 })
    expect(tools(resolved)).toEqual(['running'])
  })

  it('approved says what came of it', () => {
    const done = after([
      ...asked,
      ...numbered(
        [frames.interruptResolved('i1', 'approved'), frames.toolResult('c1'), frames.messageComplete()],
        9,
      ),
    ])
    expect(cards(done)[0]).toMatchObject({
      outcome: { is: 'succeeded', summary: 'Order 1042 is on its way.' },
    })
    expect(view(done).running).toBe(false)
  })

  it('whose outcome nobody knows says so, and never that it was done', () => {
    const unknown = frames.toolResult('c1', { ok: false, outcome: 'unknown', summary: 'No answer came.' })
    const state = after([...asked, ...numbered([frames.interruptResolved('i1', 'approved'), unknown], 9)])
    expect(cards(state)[0]?.outcome?.is).toBe('unknown')
    expect(tools(state)).toEqual(['unknown'])
  })

  it('is failed where the result is not ok, whatever the outcome defaults to', () => {
    const state = after([
      ...asked,
      ...numbered([frames.toolResult('c1', { ok: false, outcome: 'succeeded' })], 9),
    ])
    expect(tools(state)).toEqual(['failed'])
  })

  it('rejected keeps the reason out of the tool call', () => {
    const rejected = frames.toolResult('c1', { ok: false, outcome: 'rejected', summary: 'Rejected.' })
    const state = after([...asked, ...numbered([frames.interruptResolved('i1', 'rejected'), rejected], 9)])
    expect(cards(state)[0]).toMatchObject({ state: 'rejected', outcome: { is: 'rejected' } })
  })

  it('edited is followed by a new one, and only that one waits', () => {
    const edited = numbered(
      [
        frames.interruptResolved('i1', 'edited'),
        frames.interrupt('i2', {
          call_id: 'c1',
          args: { order_id: '1043' },
          edited_from: { order_id: '1042' },
        }),
      ],
      9,
    )
    const state = after([...asked, ...edited])
    expect(cards(state).map((card) => card.state)).toEqual(['edited', 'pending'])
    expect(view(state)).toMatchObject({ running: false, pendingApprovals: 1 })
  })

  it('expired says what the server says', () => {
    const state = after([...asked, ...numbered([frames.interruptExpired('i1')], 9)])
    expect(cards(state)[0]).toMatchObject({ state: 'expired', note: 'The approval has expired.' })
  })

  it('refused keeps the card, with the reason, until it is answered anew', () => {
    const answer = { approved: true, args: { order_id: '' } }
    const answered = reduce(after(asked), { type: 'answered', interruptId: 'i1', answer })
    const refusal = { code: 'invalid_arguments', message: 'order_id: it is empty.', retryable: false }
    const refused = after([frames.error({ ...refusal, interrupt_id: 'i1' })], answered)
    expect(cards(refused)[0]).toMatchObject({ state: 'pending', problem: refusal })
    expect(cards(refused)[0]).not.toHaveProperty('answering')
    const again = reduce(refused, { type: 'answered', interruptId: 'i1', answer: { approved: false } })
    expect(cards(again)[0]).not.toHaveProperty('problem')
  })

  it('answered too late says so, and waits for its stored end', () => {
    const answered = reduce(after(asked), { type: 'answered', interruptId: 'i1', answer: { approved: true } })
    const late = after([frames.interruptExpired('i1')], answered)
    expect(cards(late)[0]).toMatchObject({
      state: 'pending',
      problem: { message: 'The approval has expired.' },
    })
    expect(cards(late)[0]).not.toHaveProperty('answering')
    expect(cards(after(numbered([frames.interruptExpired('i1')], 9), late))[0]?.state).toBe('expired')
  })

  it('of somebody else who was first stands, and the late answer is no failure', () => {
    const resolved = after([...asked, ...numbered([frames.interruptResolved('i1', 'rejected')], 9)])
    const late = after([frames.error({ code: 'interrupt_answered', interrupt_id: 'i1' })], resolved)
    expect(cards(late)[0]?.state).toBe('rejected')
    expect(view(late).items.some((item) => item.kind === 'error')).toBe(false)
  })

  it('whose turn failed can be answered the same way again', () => {
    const failed = numbered(
      [frames.interruptResolved('i1', 'approved'), frames.error({ interrupt_id: 'i1' })],
      9,
    )
    const errors = view(after([...asked, ...failed])).items.flatMap((item) =>
      item.kind === 'error' ? [item.retry] : [],
    )
    expect(errors).toEqual([{ interruptId: 'i1' }])
  })
})

describe('several approvals at a time', () => {
  const both = numbered([
    frames.message('Cancel 1042 and 1043', 'm1'),
    frames.toolCall('c1'),
    frames.interrupt('i1', { call_id: 'c1' }),
    frames.toolCall('c2'),
    frames.interrupt('i2', { call_id: 'c2' }),
  ])

  it('wait side by side and are answered one by one', () => {
    const state = after([...both, ...numbered([frames.interruptResolved('i2', 'approved')], 21)])
    expect(cards(state).map((card) => card.state)).toEqual(['pending', 'approved'])
    expect(tools(state)).toEqual(['waiting', 'running'])
  })

  it('do not look busy while they wait', () => {
    expect(view(after(both)).running).toBe(false)
  })
})
