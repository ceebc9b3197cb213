import { describe, expect, it } from 'vitest'
import { move, nextMark, timelineAt, type Move } from './timeline-state'
import { REPLAY } from '../fixtures'

const go = (...moves: Move[]) => moves.reduce(move, timelineAt(null))

describe('the place in a timeline', () => {
  it('is the first step, or the one that the address leads to, which is open', () => {
    expect(timelineAt(null)).toMatchObject({ cursor: 1, jumps: 0 })
    expect([...timelineAt(40).open]).toEqual([40])
  })

  it('moves by steps, and stays within the conversation', () => {
    expect(go({ type: 'by', by: 3, last: 10 }).cursor).toBe(4)
    expect(go({ type: 'by', by: -3, last: 10 }).cursor).toBe(1)
    expect(go({ type: 'by', by: 30, last: 10 }).cursor).toBe(10)
    expect(go({ type: 'by', by: 1, last: 0 }).cursor).toBe(1)
  })

  it('has the list follow a jump to the top, a step aside only into sight', () => {
    expect(go({ type: 'to', seq: 5, open: true })).toMatchObject({ cursor: 5, jumps: 1, align: 'start' })
    expect(go({ type: 'by', by: 1, last: 9 })).toMatchObject({ jumps: 1, align: 'auto' })
    expect(go({ type: 'toggle', seq: 5 })).toMatchObject({ cursor: 5, jumps: 0 })
  })

  it('opens and closes', () => {
    expect([...go({ type: 'toggle', seq: 5 }, { type: 'toggle', seq: 6 }).open]).toEqual([5, 6])
    expect([...go({ type: 'toggle', seq: 5 }, { type: 'toggle', seq: 5 }).open]).toEqual([])
    expect([...go({ type: 'toggle', seq: 5 }, { type: 'closeAll' }).open]).toEqual([])
    expect([...go({ type: 'to', seq: 5 }).open]).toEqual([])
  })
})

describe('the next mark', () => {
  const { marks } = REPLAY

  it('is the next of its kind, round and round', () => {
    expect(nextMark(marks, 'approval', 1)).toBe(5)
    expect(nextMark(marks, 'approval', 5)).toBe(7)
    expect(nextMark(marks, 'approval', 7)).toBe(5)
    expect(nextMark(marks, 'approval', 7, true)).toBe(5)
    expect(nextMark(marks, 'approval', 5, true)).toBe(7)
  })

  it('is none where there is none', () => {
    expect(nextMark(marks, 'escalation', 1)).toBeNull()
  })
})
