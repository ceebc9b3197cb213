import { describe, expect, it } from 'vitest'
import type { Series } from '../types'
import { anyFew, hasValues, describeSeries, rowsOf } from './series'

describe('figures over time', () => {
  const days = ['2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z', '2026-03-03T00:00:00Z']
  const series = (name: string, values: (number | null)[]): Series => ({
    figure: name,
    points: values.map((value, at) => ({ at: days[at] ?? '', value, count: at, few: at === 1 })),
  })

  it('stand side by side; what a day lacks is a gap, not a nought', () => {
    const rows = rowsOf([series('a', [1, null, 0]), series('b', [5, 6])], 'UTC', 'day')
    expect(rows.map((row) => [row.label, row.values.a, row.values.b])).toEqual([
      ['1 Mar', 1, 5],
      ['2 Mar', null, 6],
      ['3 Mar', 0, null],
    ])
    expect(rows[2]?.counts).toEqual({ a: 2, b: 0 })
    expect(rows.map((row) => row.few)).toEqual([
      { a: false, b: false },
      { a: true, b: true },
      { a: false, b: false },
    ])
    expect(rowsOf([], 'UTC', 'day')).toEqual([])
  })

  it('are told in a sentence', () => {
    const rows = rowsOf([series('a', [10, null, 30])], 'UTC', 'day')
    expect(describeSeries(rows, 'a', 'Rate', 'percent')).toBe(
      'Rate: highest 30.0 % (3 Mar), lowest 10.0 % (1 Mar).',
    )
    expect(describeSeries(rowsOf([series('a', [1, 3])], 'UTC', 'day'), 'a', 'Turns', 'count')).toBe(
      'Turns: highest 3 (2 Mar, of few), lowest 1 (1 Mar).',
    )
    expect(describeSeries(rowsOf([series('a', [2, 2, 2])], 'UTC', 'day'), 'a', 'Turns', 'count')).toBe(
      'Turns: 2 throughout.',
    )
    expect(describeSeries(rowsOf([series('a', [null])], 'UTC', 'day'), 'a', 'Turns', 'count')).toBe(
      'Turns: nothing in this range.',
    )
  })

  it('say whether any of them is made of few', () => {
    expect(anyFew(rowsOf([series('a', [1])], 'UTC', 'day'))).toBe(false)
    expect(anyFew(rowsOf([series('a', [1]), series('b', [1, 2])], 'UTC', 'day'))).toBe(false)
    expect(anyFew(rowsOf([series('a', [1, 2])], 'UTC', 'day'))).toBe(true)
  })

  it('are worth drawing where something happened', () => {
    expect(hasValues(rowsOf([series('a', [0, null])], 'UTC', 'day'))).toBe(false)
    expect(hasValues(rowsOf([series('a', [0, 3])], 'UTC', 'day'))).toBe(true)
  })
})
