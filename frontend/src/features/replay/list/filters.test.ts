import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf, changed, dayOf, filtersIn, lastDayOf, NAMES, startOf } from './filters'

const read = (query: string) => filtersIn(new URLSearchParams(query))

describe('the filters', () => {
  it('are read from an address, without what is no filter or is empty', () => {
    expect(read('text=order+1042&error=1&page=7&agent=&tool=%20')).toEqual({ text: 'order 1042', error: '1' })
  })

  it('come back from the address that they give, whatever they hold', () => {
    const value = fc.string({ minLength: 1 }).filter((text) => text.trim() === text)
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...NAMES), value), (filters) => {
        expect(filtersIn(new URLSearchParams(addressOf(filters).toString()))).toEqual(filters)
      }),
    )
  })

  it('give the same address in whatever order they were set', () => {
    const one = changed(changed({}, 'error', '1'), 'agent', 'orders')
    const other = changed(changed({}, 'agent', 'orders'), 'error', '1')
    expect(addressOf(one).toString()).toBe(addressOf(other).toString())
  })

  it('are taken away with an empty value, without a trace', () => {
    expect(changed({ text: 'x', error: '1' }, 'error', '')).toEqual({ text: 'x' })
  })
})

describe('days', () => {
  it('begin at the local midnight and end with the next', () => {
    const start = startOf('2026-03-01')
    expect(new Date(start).getHours()).toBe(0)
    expect(dayOf(start)).toBe('2026-03-01')
    expect(dayOf(startOf('2026-03-01', { after: true }))).toBe('2026-03-02')
  })

  it('come back as the last day of a period, on every day of years with leap days and clock changes', () => {
    for (let day = 0; day < 800; day += 1) {
      const name = dayOf(new Date(2023, 11, 1 + day, 12).toISOString())
      expect(lastDayOf(startOf(name, { after: true }))).toBe(name)
    }
  })

  it('are none where there is none', () => {
    for (const nonsense of ['', 'soon', '2026-03']) expect(startOf(nonsense)).toBe('')
    expect(dayOf('soon')).toBe('')
    expect(dayOf(undefined)).toBe('')
    expect(lastDayOf(undefined)).toBe('')
  })
})
