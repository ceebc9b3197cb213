import { describe, expect, it } from 'vitest'
import { clock, count, counted, duration, exact, firstLine, money, percent } from './format'

describe('figures in words', () => {
  it.each([
    [0, '0 ms'],
    [0.4, '0 ms'],
    [640, '640 ms'],
    [999.6, '1.0 s'],
    [1400, '1.4 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min'],
    [125_000, '2 min 5 s'],
    [3_599_600, '1 h'],
    [12_000_000, '3 h 20 min'],
    [86_400_000, '1 d'],
    [187_200_000, '2 d 4 h'],
    [-1, '–'],
    [NaN, '–'],
  ])('%s ms last %s', (ms, words) => expect(duration(ms)).toBe(words))

  it.each([
    [0, '$0'],
    [0.00001, '<$0.0001'],
    [0.0042, '$0.0042'],
    [0.0127, '$0.013'],
    [1.2, '$1.20'],
    [1234.5, '$1234.50'],
  ])('%s dollars are %s', (usd, words) => expect(money(usd)).toBe(words))

  it.each([
    [0, '0:00'],
    [7_900, '0:07'],
    [750_000, '12:30'],
    [3_723_000, '1:02:03'],
    [-4, '0:00'],
  ])('%s ms into a recording is %s', (ms, words) => expect(clock(ms)).toBe(words))

  it('counts, with the right word', () => {
    expect(count(1277)).toBe('1,277')
    expect(counted(1, 'turn')).toBe('1 turn')
    expect(counted(3, 'retry', 'retries')).toBe('3 retries')
    expect(percent(0.854)).toBe('85 %')
  })

  it('takes the first line, and the time to the millisecond', () => {
    expect(firstLine('\n one \ntwo')).toBe('one')
    expect(firstLine('')).toBe('')
    expect(exact('2026-03-01T10:00:00.042Z')).toMatch(/^\d\d:00:00[.,]042$/)
  })
})
