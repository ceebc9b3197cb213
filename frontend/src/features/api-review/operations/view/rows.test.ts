import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { risk, rowsOf, sortOperations, visible, type Row } from './rows'
import { DESTRUCTIVE, operation, READ, WRITE } from '../../fixtures'
import type { Operation } from '../../types'
import { ACCESSES, CONSENTS } from '../../labels'

const NONE: ReadonlySet<string> = new Set()
const MIXED = [DESTRUCTIVE, READ, WRITE]

/** A list for reading: headings as "# agent (n)", operations by their number. */
function drawn(rows: readonly Row[]): string {
  return rows
    .map((row) =>
      row.kind === 'group'
        ? `${row.open ? '#' : '+'}${row.agent}(${row.operations.length})`
        : String(row.operation.idx),
    )
    .join(' ')
}

function ids(sorted: readonly Operation[]): number[] {
  return sorted.map((one) => one.idx)
}

describe('the order', () => {
  it.each([
    ['document', [0, 1, 2]],
    ['risk', [2, 1, 0]],
    ['doubt', [2, 1, 0]],
    ['tokens', [1, 0, 2]],
  ] as const)('"%s" is %j', (order, expected) => {
    expect(ids(sortOperations(MIXED, order))).toEqual(expected)
  })

  it('of equals is that of the document', () => {
    const equal = [3, 1, 2].map((idx) => operation({ idx }))
    for (const order of ['document', 'risk', 'doubt', 'tokens'] as const) {
      expect(ids(sortOperations(equal, order))).toEqual([1, 2, 3])
    }
  })

  it('leaves the list it was given alone', () => {
    const given = [WRITE, READ]
    sortOperations(given, 'risk')
    expect(given).toEqual([WRITE, READ])
  })

  it('loses and invents nothing', () => {
    fc.assert(
      fc.property(some(), (list) => {
        for (const order of ['document', 'risk', 'doubt', 'tokens'] as const) {
          expect(new Set(sortOperations(list, order))).toEqual(new Set(list))
        }
      }),
    )
  })
})

describe('the risk', () => {
  it('of what cannot be taken back is above every write, and every write above every read', () => {
    fc.assert(
      fc.property(one(), one(), (left, right) => {
        const rank = { read: 0, write: 1, destructive: 2 }
        if (rank[left.access] > rank[right.access]) expect(risk(left)).toBeGreaterThan(risk(right))
      }),
    )
  })

  it('is higher where nobody is asked, and where the label is in doubt', () => {
    const asked = operation({ access: 'write', consent: 'customer', confidence: 0.9 })
    expect(risk({ ...asked, consent: 'nobody' })).toBeGreaterThan(risk({ ...asked, confidence: 0 }))
    expect(risk({ ...asked, confidence: 0.5 })).toBeGreaterThan(risk(asked))
  })

  it('of a read does not depend on consent', () => {
    expect(risk(operation({ consent: 'nobody' }))).toBe(risk(operation({ consent: 'operator' })))
  })
})

describe('the lines of the list', () => {
  it('are grouped by agent, agents in the order of their first operation', () => {
    expect(drawn(rowsOf(MIXED, { order: 'document', grouped: true }, NONE))).toBe(
      '#things(1) 0 #orders(2) 1 2',
    )
    expect(drawn(rowsOf(MIXED, { order: 'risk', grouped: true }, NONE))).toBe('#orders(2) 2 1 #things(1) 0')
  })

  it('are only operations where nothing is grouped', () => {
    expect(drawn(rowsOf(MIXED, { order: 'tokens', grouped: false }, new Set(['orders'])))).toBe('1 0 2')
  })

  it('of a closed group are hidden, its heading says how many', () => {
    const rows = rowsOf(MIXED, { order: 'document', grouped: true }, new Set(['orders', 'gone']))
    expect(drawn(rows)).toBe('#things(1) 0 +orders(2)')
    expect(visible(rows)).toEqual([0])
  })

  it('are none for nothing', () => {
    expect(rowsOf([], { order: 'risk', grouped: true }, NONE)).toEqual([])
    expect(visible([])).toEqual([])
  })

  it('have keys of their own, also where an agent is named as an operation is', () => {
    fc.assert(
      fc.property(some(), fc.boolean(), (list, grouped) => {
        const rows = rowsOf(list, { order: 'doubt', grouped }, NONE)
        expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length)
      }),
    )
  })

  it('show every operation exactly once, under its own agent', () => {
    fc.assert(
      fc.property(some(), (list) => {
        const rows = rowsOf(list, { order: 'risk', grouped: true }, NONE)
        expect([...visible(rows)].sort((a, b) => a - b)).toEqual(ids(sortOperations(list, 'document')))
        let agent = ''
        for (const row of rows) {
          if (row.kind === 'group') agent = row.agent
          else expect(row.operation.agent).toBe(agent)
        }
      }),
    )
  })
})

function one(): fc.Arbitrary<Operation> {
  return fc
    .record({
      idx: fc.nat(500),
      access: fc.constantFrom(...ACCESSES),
      consent: fc.constantFrom(...CONSENTS),
      agent: fc.constantFrom('orders', 'billing', 'operation 1'),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      tokens: fc.nat(1000),
    })
    .map(operation)
}

function some(): fc.Arbitrary<Operation[]> {
  return fc.uniqueArray(one(), { selector: (each) => each.idx, maxLength: 30 })
}
