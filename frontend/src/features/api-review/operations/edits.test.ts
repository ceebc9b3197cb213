import { describe, expect, it } from 'vitest'
import {
  changedBy,
  differences,
  formatEditedFields,
  applyEdit,
  replaceOperations,
  revertOperations,
} from './edits'
import { DESTRUCTIVE, operation, READ, WRITE } from '../fixtures'

const ALL = [READ, WRITE, DESTRUCTIVE]

describe('an answer of the server', () => {
  it('replaces what it is about, in its place', () => {
    const newer = { ...WRITE, revision: 2, access: 'read' as const }
    expect(replaceOperations(ALL, [newer])).toEqual([READ, newer, DESTRUCTIVE])
  })

  it('that was overtaken by a newer one changes nothing', () => {
    const newest = { ...WRITE, revision: 5 }
    expect(replaceOperations([newest], [{ ...WRITE, revision: 4 }])).toEqual([newest])
  })

  it('confirms what was foreseen, also under the same revision', () => {
    const foreseen = applyEdit(ALL, [1], { consent: 'both' })
    expect(replaceOperations(foreseen, [WRITE])).toEqual(ALL)
  })

  it('about an operation that is not listed adds nothing', () => {
    expect(replaceOperations([READ], [WRITE])).toEqual([READ])
    expect(replaceOperations([], [WRITE])).toEqual([])
  })
})

describe('an edit', () => {
  it('is seen before the server has taken it, on what was chosen only', () => {
    const foreseen = applyEdit(ALL, [0, 2], { agent: 'billing', enabled: true })
    expect(foreseen.map((one) => one.agent)).toEqual(['billing', 'orders', 'billing'])
    expect(foreseen[2]?.enabled).toBe(true)
    expect(foreseen[1]).toBe(WRITE)
  })

  it('that was refused is taken back', () => {
    const foreseen = applyEdit(ALL, [0, 1], { agent: 'billing' })
    expect(revertOperations(foreseen, [READ, WRITE])).toEqual(ALL)
  })

  it('that was refused does not take back what somebody else did meanwhile', () => {
    const theirs = { ...WRITE, revision: 9, consent: 'operator' as const }
    expect(revertOperations([theirs], [WRITE])).toEqual([theirs])
  })

  it('says only what it would really change', () => {
    expect(changedBy(WRITE, { access: 'write', consent: 'both', title: WRITE.title })).toEqual({
      consent: 'both',
    })
    expect(changedBy(WRITE, { customer_params: ['id'], bound: { customer_id: 'sub' } })).toEqual({})
    expect(changedBy(WRITE, { bound: { customer_id: 'email' } })).toEqual({ bound: { customer_id: 'email' } })
    expect(changedBy(WRITE, { twin: null })).toEqual({})
    expect(changedBy(WRITE, { twin: 'get_order' })).toEqual({ twin: 'get_order' })
  })

  it('in another order of names is no change', () => {
    const two = operation({ customer_params: ['a', 'b'], bound: { c: 'sub', d: 'tenant' } })
    expect(changedBy(two, { customer_params: ['b', 'a'], bound: { d: 'tenant', c: 'sub' } })).toEqual({})
  })
})

describe('what somebody else did', () => {
  it('is told field by field, in words', () => {
    const theirs = {
      ...WRITE,
      revision: 2,
      access: 'destructive' as const,
      consent: 'operator' as const,
      enabled: false,
      customer_params: [],
      bound: {},
      twin: 'get_order',
    }
    expect(differences(WRITE, theirs).map(({ label, before, after }) => [label, before, after])).toEqual([
      ['access', 'Write', 'Destructive'],
      ['consent', 'Customer', 'Operator'],
      ['what the customer says', 'id', 'nothing'],
      ['what comes from the verified identity', 'customer_id (sub)', 'nothing'],
      ['whether it is enabled', 'enabled', 'not enabled'],
      ['the read that shows what it would change', 'nothing', 'get_order'],
    ])
  })

  it('is nothing where only the revision moved', () => {
    expect(differences(WRITE, { ...WRITE, revision: 8, tokens: 1 })).toEqual([])
  })

  it('can be compared with an edit, which says only some of it', () => {
    expect(differences(WRITE, { consent: 'both' }).map((one) => one.name)).toEqual(['consent'])
    expect(differences(WRITE, { consent: 'customer' })).toEqual([])
    expect(differences(WRITE, {})).toEqual([])
  })

  it('names the fields that a person edited', () => {
    expect(formatEditedFields(['access'])).toBe('access')
    expect(formatEditedFields(['access', 'bound', 'some_thing'])).toBe(
      'access, what comes from the verified identity and some thing',
    )
    expect(formatEditedFields([])).toBe('')
  })
})
