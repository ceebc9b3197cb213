import { describe, expect, it } from 'vitest'
import { sorted, type Column } from './sorting'

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
