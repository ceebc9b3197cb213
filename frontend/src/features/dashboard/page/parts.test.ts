import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { countedBy, firstFigures, otherGroups, stepFigures } from '../figures/groups'
import { conversationsPath, rowsAddress } from '../links'
import { FIGURES, figure } from './fixtures'
import { anyFew, anything, inWordsOf, rowsOf } from '../trends/series'
import { sorted, type Column } from '../tables/sorting'
import { Throttle } from './throttle'
import type { Series } from '../types'

describe('where figures stand', () => {
  it('shows every figure once, also one that the page does not know', () => {
    const all = [...FIGURES, figure('brand_new')]
    const groups = otherGroups(all)
    const shown = [firstFigures(all), stepFigures(all), ...groups.map((group) => group.figures)].flat()
    expect(shown.map((one) => one.key).sort()).toEqual(all.map((one) => one.key).sort())
    expect(groups.at(-1)).toMatchObject({ title: 'More', figures: [{ key: 'brand_new' }] })
  })

  it('leaves out groups that the server has no figure of', () => {
    expect(otherGroups([figure('turns')]).map((group) => group.title)).toEqual(['Volume'])
  })

  it('says what a denominator counts', () => {
    expect(countedBy('satisfaction')).toBe('rating')
    expect(countedBy('automation_rate')).toBe('conversation')
  })
})

describe('links', () => {
  const over = { from: '2026-03-01T23:00:00Z', to: '2026-03-08T12:15:00Z' }

  it('lead to the conversations behind a figure, within the range', () => {
    const days = 'from=2026-03-01T23%3A00%3A00Z&to=2026-03-08T12%3A15%3A00Z'
    expect(conversationsPath('outcome=resolved', over)).toBe(`/replay?outcome=resolved&${days}`)
    expect(conversationsPath('', over)).toBe(`/replay?${days}`)
    expect(conversationsPath({ tool: 'a&b' }, over)).toBe(`/replay?tool=a%26b&${days}`)
  })

  it('lead to the rows of the same range', () => {
    const chosen = { name: '7d', from: '', to: '', tz: 'UTC' } as const
    expect(rowsAddress('cost', chosen)).toBe('/api/v1/analytics/rows/cost.csv?range=7d&tz=UTC')
  })
})

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
    expect(inWordsOf(rows, 'a', 'Rate', 'percent')).toBe(
      'Rate: highest 30.0 % (3 Mar), lowest 10.0 % (1 Mar).',
    )
    expect(inWordsOf(rowsOf([series('a', [1, 3])], 'UTC', 'day'), 'a', 'Turns', 'count')).toBe(
      'Turns: highest 3 (2 Mar, of few), lowest 1 (1 Mar).',
    )
    expect(inWordsOf(rowsOf([series('a', [2, 2, 2])], 'UTC', 'day'), 'a', 'Turns', 'count')).toBe(
      'Turns: 2 throughout.',
    )
    expect(inWordsOf(rowsOf([series('a', [null])], 'UTC', 'day'), 'a', 'Turns', 'count')).toBe(
      'Turns: nothing in this range.',
    )
  })

  it('say whether any of them is made of few', () => {
    expect(anyFew(rowsOf([series('a', [1])], 'UTC', 'day'))).toBe(false)
    expect(anyFew(rowsOf([series('a', [1]), series('b', [1, 2])], 'UTC', 'day'))).toBe(false)
    expect(anyFew(rowsOf([series('a', [1, 2])], 'UTC', 'day'))).toBe(true)
  })

  it('are worth drawing where something happened', () => {
    expect(anything(rowsOf([series('a', [0, null])], 'UTC', 'day'))).toBe(false)
    expect(anything(rowsOf([series('a', [0, 3])], 'UTC', 'day'))).toBe(true)
  })
})

describe('the order of rows', () => {
  interface Row {
    name: string
    rate: number | null
    few: boolean
  }
  const rows: Row[] = [
    { name: 'b', rate: 50, few: false },
    { name: 'a', rate: 0, few: true },
    { name: 'd', rate: null, few: false },
    { name: 'c', rate: 90, few: false },
  ]
  const names = (column: Column<Row>, direction: 'ascending' | 'descending') =>
    sorted(rows, column, direction).map((row) => row.name)

  it('puts what says little after the rest, and what is not known last, whichever way', () => {
    const rate: Column<Row> = { key: 'rate', title: 'Rate', few: (row) => row.few, by: (row) => row.rate }
    expect(names(rate, 'ascending')).toEqual(['b', 'c', 'a', 'd'])
    expect(names(rate, 'descending')).toEqual(['c', 'b', 'a', 'd'])
  })

  it('goes by numbers or by names, and leaves the rows as they were', () => {
    expect(names({ key: 'rate', title: 'Rate', by: (row) => row.rate }, 'ascending')).toEqual([
      'a',
      'b',
      'c',
      'd',
    ])
    expect(names({ key: 'name', title: 'Name', by: (row) => row.name }, 'descending')).toEqual([
      'd',
      'c',
      'b',
      'a',
    ])
    expect(rows[0]?.name).toBe('b')
  })
})

describe('what is asked for at most so often', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is done at once, then once for all that came meanwhile, and rests when nothing comes', () => {
    const run = vi.fn()
    const throttle = new Throttle(run, 1000)
    for (let at = 0; at < 5; at += 1) throttle.call()
    expect(run).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(1000)
    expect(run).toHaveBeenCalledTimes(2)
    vi.advanceTimersByTime(5000)
    expect(run).toHaveBeenCalledTimes(2)
    throttle.call()
    expect(run).toHaveBeenCalledTimes(3)
  })

  it('is not done any more after it was stopped', () => {
    const run = vi.fn()
    const throttle = new Throttle(run, 1000)
    throttle.call()
    throttle.call()
    throttle.stop()
    vi.advanceTimersByTime(5000)
    expect(run).toHaveBeenCalledTimes(1)
  })
})
