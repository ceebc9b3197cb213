import { describe, expect, it } from 'vitest'
import { change, edited, edits, sentenceOf } from './fixtures'
import { describeEntry } from './describe'
import type { Changed, Entry } from '../types'

const AS_WRITE = [change('access', 'read', 'write'), change('consent', 'nobody', 'customer')]

describe('an edit of one operation', () => {
  it.each<[Changed[], string]>([
    [AS_WRITE, 'labelled cancelOrder as write, customer consents – was: read'],
    [[change('access', 'write', 'destructive')], 'labelled cancelOrder as destructive – was: write'],
    [
      [change('access', 'write', 'read'), change('consent', 'both', 'nobody')],
      'labelled cancelOrder as read – was: write, customer and support team consent',
    ],
    [
      [change('access', 'read', 'write'), change('consent', 'operator', 'nobody')],
      'labelled cancelOrder as write, nobody is asked – was: read, support team consents',
    ],
    [
      [change('consent', 'customer', 'both')],
      'changed who consents to cancelOrder: customer and support team consent – was: customer consents',
    ],
    [[change('enabled', true, false)], 'switched cancelOrder off'],
    [[change('enabled', false, true)], 'switched cancelOrder on'],
    [[change('agent', 'orders', 'care')], 'gave cancelOrder to the agent care – was: orders'],
    [[change('title', '', 'Stop it')], 'called cancelOrder “Stop it” – was: nothing'],
    [[change('description', 'Old.', 'New.')], 'described cancelOrder as “New.” – was: “Old.”'],
    [
      [change('customer_params', [], ['id', 'why'])],
      'let cancelOrder ask the customer for id and why – was: nothing',
    ],
    [
      [change('bound', {}, { id: 'sub' })],
      'let cancelOrder take id (sub) from the verified customer – was: nothing',
    ],
    [
      [change('bound', { id: 'sub' }, {})],
      'let cancelOrder take nothing from the verified customer – was: id (sub)',
    ],
    [[change('twin', null, 'getOrder')], 'let getOrder show what cancelOrder would change – was: nothing'],
  ])('%j', (changes, words) => {
    expect(sentenceOf(edited(edits(['cancelOrder'], changes)))).toBe(`Ana ${words}`)
    expect(describeEntry(edited(edits(['cancelOrder'], changes))).lines).toEqual([])
  })

  it('in several fields is told field by field', () => {
    const one = edited(edits(['cancelOrder'], [...AS_WRITE, change('enabled', true, false)]))
    expect(sentenceOf(one)).toBe('Ana edited cancelOrder')
    expect(describeEntry(one).lines).toEqual([
      'Access: write – was: read',
      'Who consents: customer consents – was: nobody is asked',
      'Enabled: no – was: yes',
    ])
  })

  it('of a field that this page does not know yet is told all the same', () => {
    const one = edited(edits(['cancelOrder'], [change('some_day', 1000, 2)]))
    expect(describeEntry(one)).toEqual({ did: 'edited cancelOrder', lines: ['some day: 2 – was: 1,000'] })
  })

  it('of a long text is cut', () => {
    const { did } = describeEntry(edited(edits(['a'], [change('description', '', 'word '.repeat(500))])))
    expect(did.length).toBeLessThan(260)
    expect(did).toMatch(/word…”$/)
  })
})

describe('an edit of many operations', () => {
  it('names a few', () => {
    expect(sentenceOf(edited(edits(['a', 'b', 'c'], [change('enabled', true, false)])))).toBe(
      'Ana switched a, b and c off',
    )
  })

  it('counts more, and names them below, as far as they were sent', () => {
    const one = edited(edits(['a', 'b', 'c', 'd'], AS_WRITE, 1200))
    expect(sentenceOf(one)).toBe('Ana labelled 1,200 operations as write, customer consents – was: read')
    expect(describeEntry(one).lines).toEqual(['a, b, c, d and 1,196 more'])
  })

  it('that were different before is told in one sentence, with what each was', () => {
    const one = edited(
      edits(['a', 'b'], [change('agent', 'orders', 'care')]),
      edits(['c'], [change('agent', 'billing', 'care')]),
    )
    expect(describeEntry(one)).toEqual({
      did: 'gave 3 operations to the agent care',
      lines: ['a and b – was: orders', 'c – was: billing'],
    })
  })

  it('that became different is told line by line', () => {
    const one = edited(edits(['a'], AS_WRITE), edits(['b'], [change('access', 'destructive', 'write')]))
    expect(sentenceOf(one)).toBe('Ana edited 2 operations')
    expect(describeEntry(one).lines).toEqual([
      'a: Access: write – was: read; Who consents: customer consents – was: nobody is asked',
      'b: Access: write – was: destructive',
    ])
  })

  it('in more ways than were sent says so', () => {
    const one = { ...edited(edits(['a'], AS_WRITE), edits([], AS_WRITE, 1)), count: 9, groups: 4 } as Entry
    expect(sentenceOf(one)).toBe('Ana edited 9 operations')
    expect(describeEntry(one).lines.at(1)).toMatch(/^1 operation: Access/)
    expect(describeEntry(one).lines.at(-1)).toBe('… and in 2 more ways')
  })

  it('of which nothing more was written down is told all the same', () => {
    expect(sentenceOf(edited())).toBe('Ana edited operations')
  })
})
