import { describe, expect, it } from 'vitest'
import { fieldsOf } from '../../../conversation/schema-form/schema-fields'
import { operation, WRITE } from '../fixtures'
import { bySource, schemaOf, sourceOf, SUBJECT, withSource, type Source } from './sources'

describe('the source of an argument', () => {
  it('is the customer, the verified identity, or else the AI', () => {
    expect(sourceOf(WRITE, 'id')).toBe('customer')
    expect(sourceOf(WRITE, 'customer_id')).toBe('identity')
    expect(sourceOf(WRITE, 'unknown')).toBe('agent')
  })

  it('is the identity where labels contradict each other: that is the safer one', () => {
    expect(sourceOf({ bound: { id: 'sub' }, customer_params: ['id'] }, 'id')).toBe('identity')
  })

  it('sorts the arguments of an operation', () => {
    const names = Object.fromEntries(
      Object.entries(bySource(WRITE)).map(([source, args]) => [source, args.map((one) => one.name)]),
    )
    expect(names).toEqual({ customer: ['id'], identity: ['customer_id'], agent: [] })
    expect(bySource(operation())).toEqual({ customer: [], identity: [], agent: [] })
  })
})

describe('choosing another source', () => {
  it.each([
    ['id', 'customer', { customer_params: ['id'], bound: { customer_id: 'sub' } }],
    ['id', 'identity', { customer_params: [], bound: { customer_id: 'sub', id: 'sub' } }],
    ['id', 'agent', { customer_params: [], bound: { customer_id: 'sub' } }],
    ['customer_id', 'customer', { customer_params: ['id', 'customer_id'], bound: {} }],
    ['customer_id', 'agent', { customer_params: ['id'], bound: {} }],
    ['other', 'customer', { customer_params: ['id', 'other'], bound: { customer_id: 'sub' } }],
  ] as const)('of %s, %s, leaves it with that one only', (name, source, expected) => {
    const next = withSource(WRITE, name, source)
    expect(next).toEqual(expected)
    expect(sourceOf(next, name)).toBe(source)
  })

  it('takes the claim that is named, or the subject', () => {
    expect(withSource(WRITE, 'customer_id', 'identity', 'tenant').bound).toEqual({ customer_id: 'tenant' })
    expect(withSource(WRITE, 'customer_id', 'identity').bound).toEqual({ customer_id: SUBJECT })
  })

  it('twice is the same as once, and the way back leads back', () => {
    for (const source of ['customer', 'identity', 'agent'] as Source[]) {
      const once = withSource(WRITE, 'id', source)
      expect(withSource(once, 'id', source)).toEqual(once)
      expect(withSource(once, 'id', 'customer')).toEqual(withSource(WRITE, 'id', 'customer'))
    }
  })

  it('does not change what it was given', () => {
    const before = structuredClone(WRITE)
    withSource(WRITE, 'id', 'identity')
    expect(WRITE).toEqual(before)
  })
})

describe('the form of a try', () => {
  it('has a field for each argument, of its type, with what is required', () => {
    const schema = schemaOf([
      { name: 'id', place: 'path', required: true, type: 'integer', description: 'Which.' },
      { name: 'full', place: 'query', required: false, type: 'boolean', description: '' },
      { name: 'filter', place: 'query', required: false, type: 'object', description: '' },
      { name: 'sort', place: 'query', required: false, type: 'string | null', description: 'How.' },
    ])
    expect(fieldsOf(schema, {})?.map(({ name, kind, required }) => [name, kind, required])).toEqual([
      ['id', 'integer', true],
      ['full', 'boolean', false],
      ['filter', 'json', false],
      ['sort', 'json', false],
    ])
    expect(fieldsOf(schema, {})?.map((field) => field.description)).toEqual([
      'Which.',
      '',
      'As JSON: object',
      'How.',
    ])
  })

  it('is empty for an operation that takes nothing', () => {
    expect(fieldsOf(schemaOf([]), {})).toEqual([])
  })
})
