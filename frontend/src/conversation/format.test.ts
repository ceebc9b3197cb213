import { describe, expect, it } from 'vitest'
import { agentName, inWords, valueInWords } from './format'

describe('names', () => {
  it('are words', () => {
    expect(['order_lookup', 'getOrder', 'shop.cancel-order', ''].map(inWords)).toEqual([
      'Order lookup',
      'Get order',
      'Shop cancel order',
      '',
    ])
    expect([agentName('returns'), agentName('supervisor'), agentName('')]).toEqual([
      'Returns',
      'Assistant',
      'Assistant',
    ])
  })

  it('of values are what a person would write', () => {
    expect([null, '', 'MUG', 0, 1.5, true, false].map(valueInWords)).toEqual([
      '—',
      '—',
      'MUG',
      '0',
      '1.5',
      'yes',
      'no',
    ])
    expect(valueInWords({ a: [1] })).toContain('"a"')
  })
})
