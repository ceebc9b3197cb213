import { describe, expect, it } from 'vitest'
import { describeField, fieldsOf, type Field } from './schema-fields'
import { fromDraft, fromJson, toDraft } from './schema-values'

const SCHEMA = {
  type: 'object',
  required: ['order_id', 'kind'],
  properties: {
    order_id: { type: 'integer', minimum: 1000, maximum: 9999, description: 'Which order.' },
    amount: { anyOf: [{ type: 'number' }, { type: 'null' }] },
    kind: { type: 'string', enum: ['full', 'part'] },
    note: { type: ['string', 'null'], maxLength: 5, minLength: 2 },
    gift: { type: 'boolean' },
    lines: { type: 'array' },
  },
}

function fields(args: Record<string, unknown> = {}): Field[] {
  const fields = fieldsOf(SCHEMA, args)
  if (!fields) throw new Error('no form')
  return fields
}

describe('the form of a schema', () => {
  it('has a field for each property, of the kind that can hold it, what is required first', () => {
    expect(fields().map(({ name, kind, required }) => [name, kind, required])).toEqual([
      ['order_id', 'integer', true],
      ['kind', 'choice', true],
      ['amount', 'number', false],
      ['note', 'text', false],
      ['gift', 'boolean', false],
      ['lines', 'json', false],
    ])
  })

  it('explains its fields and offers their choices', () => {
    expect(fields()[0]?.description).toBe('Which order.')
    expect(fields()[1]?.choices).toEqual(['full', 'part'])
    expect(describeField(SCHEMA, 'order_id')).toBe('Which order.')
    expect(describeField(SCHEMA, 'gift')).toBeUndefined()
    expect(describeField(null, 'order_id')).toBeUndefined()
  })

  it('does not exist without properties, or where it would lose an argument', () => {
    expect(fieldsOf(null, {})).toBeNull()
    expect(fieldsOf({ type: 'object' }, {})).toBeNull()
    expect(fieldsOf(SCHEMA, { unnamed: 1 })).toBeNull()
  })
})

describe('what is written in a form', () => {
  const args = { order_id: 1042, kind: 'part', note: 'abc', gift: true, lines: [{ sku: 'MUG' }] }

  it('begins as the arguments and reads back as the same', () => {
    expect(fromDraft(fields(args), toDraft(fields(args), args))).toEqual({ args, problems: null })
  })

  it('left empty is left out', () => {
    const read = fromDraft(fields(), { order_id: '1042', kind: 'full', note: '  ' })
    expect(read).toEqual({ args: { order_id: 1042, kind: 'full' }, problems: null })
  })

  it.each([
    ['order_id', '', 'Please fill this in.'],
    ['order_id', 'many', 'Please write a number.'],
    ['order_id', '10.5', 'Please write a whole number.'],
    ['order_id', '1', 'It must be at least 1000.'],
    ['order_id', '10000', 'It must be at most 9999.'],
    ['note', 'a', 'It must have at least 2 characters.'],
    ['note', 'abcdef', 'It must have at most 5 characters.'],
    ['lines', '[', 'This is not valid JSON.'],
  ])('%s as "%s" is explained: %s', (name, written, problem) => {
    const read = fromDraft(fields(args), { ...toDraft(fields(args), args), [name]: written })
    expect(read.problems).toEqual({ [name]: problem })
  })

  it('as JSON must be one object', () => {
    expect(fromJson('{"a": 1}')).toEqual({ args: { a: 1 }, problems: null })
    for (const wrong of ['', '[1]', '1', '{"a"'])
      expect(fromJson(wrong).problems?.['']).toContain('one JSON object')
  })
})
