import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { count, duration, howMany, moment, money, NOTHING, percent, period, show, tick } from './format'

describe('a count', () => {
  it.each([
    [0, '0'],
    [1, '1'],
    [1.3974, '1.4'],
    [1.456, '1.46'],
    [99.999, '100'],
    [1331, '1,331'],
    [1331.6, '1,332'],
    [9_999_999, '9,999,999'],
    [10_000_000, '10M'],
    [1_234_567_890, '1.2B'],
    [-3, '-3'],
    [-0.001, '0'],
  ])('of %d is %s', (value, words) => expect(count(value)).toBe(words))
})

describe('a percentage', () => {
  it.each([
    [0, '0 %'],
    [0.0001, 'under 0.1 %'],
    [0.049, 'under 0.1 %'],
    [0.05, '0.1 %'],
    [8.04, '8.0 %'],
    [64.012, '64.0 %'],
    [99.94, '99.9 %'],
    [99.96, 'over 99.9 %'],
    [99.9999, 'over 99.9 %'],
    [100, '100 %'],
  ])('of %d is %s', (value, words) => expect(percent(value)).toBe(words))

  it('is all or nothing only when it is', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (value) => {
        expect(percent(value) === '0 %').toBe(value === 0)
        expect(percent(value) === '100 %').toBe(value === 100)
      }),
    )
  })
})

describe('money', () => {
  it.each([
    [0, '$0'],
    [0.00000001, 'under $0.0001'],
    [0.0001, '$0.0001'],
    [0.0016260204, '$0.0016'],
    [0.00999, '$0.01'],
    [0.01, '$0.01'],
    [1.3853694, '$1.39'],
    [2, '$2.00'],
    [999.99, '$999.99'],
    [999.996, '$1,000'],
    [123_456.78, '$123,457'],
    [12_345_678, '$12.3M'],
    [-0.5, '−$0.50'],
    [-0.00001, 'under −$0.0001'],
  ])('of %d is %s', (value, words) => expect(money(value)).toBe(words))

  it('that was spent never looks as if it was nothing', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1e9, noNaN: true }), (value) => {
        expect(money(value)).toMatch(/[1-9]/)
      }),
    )
  })
})

describe('a duration', () => {
  it.each([
    [0, '0 ms'],
    [0.4, 'under 1 ms'],
    [1, '1 ms'],
    [425.045, '425 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [1600, '1.6 s'],
    [9949, '9.9 s'],
    [9950, '10 s'],
    [28_165, '28 s'],
    [59_499, '59 s'],
    [59_500, '1 min'],
    [60_000, '1 min'],
    [654_142, '10 min 54 s'],
    [3_599_499, '59 min 59 s'],
    [3_599_500, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_369_999, '23 h 59 min'],
    [86_370_000, '1 d'],
    [277_200_000, '3 d 5 h'],
    [86_400_000_000, '1,000 d'],
    [-1, NOTHING],
  ])('of %d ms is %s', (value, words) => expect(duration(value)).toBe(words))

  it('never shows sixty of anything that has a larger unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e10, noNaN: true }), (value) => {
        expect(duration(value)).not.toMatch(/\b(60 (s|min)|24 h|1000 ms)/)
      }),
    )
  })
})

describe('a figure', () => {
  it.each([
    [null, 'percent', '–'],
    [Number.NaN, 'count', '–'],
    [Number.POSITIVE_INFINITY, 'usd', '–'],
    [9_999, 'tokens', '9,999'],
    [10_000, 'tokens', '10K'],
    [2_603_155, 'tokens', '2.6M'],
    [4.1489, 'rating', '4.1'],
    [5, 'rating', '5.0'],
    [12, 'count', '12'],
    [12.5, 'percent', '12.5 %'],
    [20, 'ms', '20 ms'],
    [20, 'usd', '$20.00'],
  ] as const)('of %s in %s is %s', (value, unit, words) => expect(show(value, unit)).toBe(words))

  it('stays on one line beside an axis, and is short', () => {
    expect(tick(80, 'percent')).toBe('80\u00a0%')
    expect(tick(100_000, 'ms')).toBe('1\u00a0min\u00a040\u00a0s')
    expect(tick(5, 'rating')).toBe('5')
  })
})

describe('time in words', () => {
  it('is that of the zone of the range', () => {
    expect(moment('2026-03-01T23:30:00Z', 'UTC', 'day')).toBe('1 Mar')
    expect(moment('2026-03-01T23:30:00Z', 'Asia/Tokyo', 'day')).toBe('2 Mar')
    expect(moment('2026-03-01T23:30:00Z', 'Asia/Kolkata', 'hour')).toBe('Mon 05:00')
  })

  it('names the last day of a period, and not the one after it', () => {
    const texts = period('2026-02-28T23:00:00Z', '2026-03-07T23:00:00Z', 'Europe/Berlin')
    expect(texts).toMatch(/^1\D*7 Mar 2026$/)
    expect(period('2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z', 'UTC')).toBe('1 Mar 2026')
    expect(period('2025-12-31T00:00:00Z', '2026-01-02T00:00:00Z', 'UTC')).toMatch(
      /^31 Dec 2025\D+1 Jan 2026$/,
    )
  })

  it('tells one apart from many', () => {
    expect(howMany(1, 'rating')).toBe('one rating')
    expect(howMany(0, 'rating')).toBe('0 ratings')
    expect(howMany(1200, 'tool call')).toBe('1,200 tool calls')
  })
})
