import { describe, expect, it } from 'vitest'
import { agentName, humanize, formatValue } from './format'

describe('names', () => {
  it('are words', () => {
    expect(['order_lookup', 'getOrder', 'shop.cancel-order', ''].map(humanize)).toEqual([
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
    expect([null, '', 'MUG', 0, 1.5, true, false].map(formatValue)).toEqual([
      '—',
      '—',
      'MUG',
      '0',
      '1.5',
      'yes',
      'no',
    ])
    expect(formatValue({ a: [1] })).toContain('"a"')
  })
})
