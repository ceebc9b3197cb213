import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  filterOperations,
  isFiltering,
  MARKS,
  NO_FILTERS,
  ORDERS,
  readFilters,
  writeFilters,
  type Filters,
  type Mark,
  type Order,
} from './filters'
import { DESTRUCTIVE, operation, READ, WRITE } from '../../fixtures'
import { ACCESSES, CONSENTS } from '../../labels'

const ALL = [READ, WRITE, DESTRUCTIVE]

function idxsFor(filters: Partial<Filters>, among = ALL): number[] {
  return filterOperations(among, { ...NO_FILTERS, ...filters }).map((one) => one.idx)
}

describe('the search', () => {
  it.each([
    ['', [0, 1, 2]],
    ['   ', [0, 1, 2]],
    ['order', [0, 1, 2]], // the third is of the agent "orders"
    ['cancel', [1]],
    ['CANCEL', [1]],
    ['post cancel', [1]],
    ['cancel post', [1]],
    ['get cancel', []],
    ['/customers/{id}', [2]],
    ['delete_customer', [2]],
    ['before it is sent', [1]],
    ['things', [0, 1, 2]], // a tag
    ['nothing like that', []],
  ])('for "%s" finds %j', (search, idxs) => {
    expect(idxsFor({ search })).toEqual(idxs)
  })

  it('takes its words as they are, not as patterns', () => {
    expect(idxsFor({ search: '.*' })).toEqual([])
    expect(idxsFor({ search: '{id' })).toEqual([0, 1, 2])
    expect(idxsFor({ search: '(' })).toEqual([])
  })
})

describe('a filter', () => {
  it.each(ACCESSES)('of access %s finds only that', (access) => {
    expect(idxsFor({ access })).toEqual(ALL.filter((one) => one.access === access).map((one) => one.idx))
  })

  it.each([
    ['nobody', [0]],
    ['customer', [1]],
    ['operator', []],
    ['both', [2]],
  ] as const)('of consent %s finds %j', (consent, idxs) => {
    expect(idxsFor({ consent })).toEqual(idxs)
  })

  it('of an agent finds what it would do', () => {
    expect(idxsFor({ agent: 'orders' })).toEqual([1, 2])
    expect(idxsFor({ agent: 'nobody' })).toEqual([])
  })

  it.each([
    ['doubt', [2]],
    ['disabled', [2]],
    ['edited', [3]],
    ['warnings', [4]],
  ] as const)('for %s finds %j', (mark, idxs) => {
    const edited = operation({ idx: 3, edited: ['access'] })
    const warned = operation({ idx: 4, warnings: [{ place: '', message: 'odd' }] })
    expect(idxsFor({ marks: [mark] }, [...ALL, edited, warned])).toEqual(idxs)
  })

  it('of a change finds it, and counts what has none as unchanged', () => {
    const among = [
      operation({ idx: 0 }),
      operation({ idx: 1, change: 'same' }),
      operation({ idx: 2, change: 'riskier' }),
      operation({ idx: 3, change: 'removed' }),
    ]
    expect(idxsFor({ change: 'same' }, among)).toEqual([0, 1])
    expect(idxsFor({ change: 'riskier' }, among)).toEqual([2])
    expect(idxsFor({ change: 'removed' }, among)).toEqual([3])
    expect(idxsFor({ change: 'added' }, among)).toEqual([])
  })

  it('and another one narrow each other down', () => {
    expect(idxsFor({ agent: 'orders', access: 'write' })).toEqual([1])
    expect(idxsFor({ marks: ['doubt', 'disabled'] })).toEqual([2])
    expect(idxsFor({ marks: ['doubt', 'edited'] })).toEqual([])
    expect(idxsFor({ access: 'read', search: 'cancel' })).toEqual([])
  })

  it('never adds, changes or reorders anything', () => {
    fc.assert(
      fc.property(filters(), fc.array(operations(), { maxLength: 20 }), (some, among) => {
        const left = filterOperations(among, some)
        let from = 0
        for (const one of left) {
          const at = among.indexOf(one, from)
          expect(at).toBeGreaterThanOrEqual(from)
          from = at + 1
        }
        if (!isFiltering(some)) expect(left).toEqual(among)
        expect(filterOperations(left, some)).toEqual(left)
      }),
    )
  })
})

describe('whether anything is filtered', () => {
  it('is not said of order and grouping', () => {
    expect(isFiltering(NO_FILTERS)).toBe(false)
    expect(isFiltering({ ...NO_FILTERS, order: 'risk', grouped: false, search: ' ' })).toBe(false)
  })

  it.each<Partial<Filters>>([
    { search: 'a' },
    { access: 'read' },
    { consent: 'both' },
    { agent: 'orders' },
    { change: 'added' },
    { marks: ['doubt'] },
  ])('is said of %j', (some) => {
    expect(isFiltering({ ...NO_FILTERS, ...some })).toBe(true)
  })
})

describe('filters in the address', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(filters(), (some) => {
        const written = writeFilters(some).toString()
        expect(readFilters(new URLSearchParams(written))).toEqual(some)
      }),
    )
  })

  it('leave no trace where there are none', () => {
    expect(writeFilters(NO_FILTERS).toString()).toBe('')
    expect(readFilters(new URLSearchParams())).toEqual(NO_FILTERS)
  })

  it('leave alone what else stands there, and take their own back', () => {
    const before = new URLSearchParams('tab=agents&access=write&q=old&only=doubt&group=none')
    expect(writeFilters(NO_FILTERS, before).toString()).toBe('tab=agents')
    expect(before.get('q')).toBe('old')
  })

  it.each([
    'access=admin',
    'consent=maybe',
    'change=worse',
    'only=everything,',
    'order=random',
    'group=yes',
    'agent=',
    'q=',
  ])('that make no sense (%s) are as good as none', (query) => {
    expect(readFilters(new URLSearchParams(query))).toEqual(NO_FILTERS)
  })
})

function operations() {
  return fc
    .record({
      idx: fc.nat(99),
      access: fc.constantFrom(...ACCESSES),
      consent: fc.constantFrom(...CONSENTS),
      agent: fc.constantFrom('orders', 'billing'),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      enabled: fc.boolean(),
      title: fc.string(),
    })
    .map(operation)
}

function filters(): fc.Arbitrary<Filters> {
  return fc.record({
    search: fc.string(),
    access: fc.option(fc.constantFrom(...ACCESSES)),
    consent: fc.option(fc.constantFrom(...CONSENTS)),
    agent: fc.option(fc.constantFrom('orders', 'billing')),
    change: fc.option(fc.constantFrom('added', 'removed', 'changed', 'riskier', 'same')),
    marks: fc.subarray(Object.keys(MARKS) as Mark[]),
    order: fc.constantFrom(...(Object.keys(ORDERS) as Order[])),
    grouped: fc.boolean(),
  })
}
