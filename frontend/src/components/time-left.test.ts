import { describe, expect, it } from 'vitest'
import { timeLeft } from './time-left'

describe('time left', () => {
  it('is said in the largest unit that says enough, rounded up', () => {
    expect([-5, 0, 900, 59_000, 61_000, 3_599_000, 3_600_001].map(timeLeft)).toEqual([
      'Time is up',
      'Time is up',
      '1 s left',
      '59 s left',
      '2 min left',
      '60 min left',
      '2 h left',
    ])
    expect(timeLeft(NaN)).toBe('')
  })
})
