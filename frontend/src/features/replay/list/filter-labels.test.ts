import { describe, expect, it } from 'vitest'
import { filterLabel } from './filter-labels'
import { startOf } from './filters'

describe('a filter in words', () => {
  it.each([
    ['text', 'order 1042', '“order 1042”'],
    ['status', 'open', 'still open'],
    ['status', 'ended', 'over'],
    ['outcome', 'resolved_confirmed,escalated', 'Resolved, confirmed or Handed over'],
    ['outcome', 'something_new', 'Something new'],
    ['agent', 'order_actions', 'with Order actions'],
    ['tool', 'cancel_order', 'used Cancel order'],
    ['approval', '1', 'with an approval'],
    ['approval', '0', 'without an approval'],
    ['error', 'true', 'with an error'],
    ['error', 'model_busy', 'with the error Model busy'],
    ['action', 'false', 'without an action'],
    ['action', '1', 'with an action'],
    ['action', 'approved', 'with an action that was approved'],
    ['action', 'failed,unknown', 'with an action that failed or has no known outcome'],
    ['call', 'any', 'with a tool call carried out'],
    ['call', 'failed', 'with a tool call that failed'],
    ['model', 'any', 'with a call of a model'],
    ['model', 'gpt-4.1-mini', 'with the model gpt-4.1-mini'],
    ['first_token', '1', 'with a time to first token'],
    ['decision', '1', 'with an answered approval'],
    ['staff', '0', 'without staff'],
    ['cost_min', '0.05', 'cost at least $0.05'],
    ['cost_max', '1', 'cost at most $1'],
    ['rating', '1,2', 'rated 1 or 2'],
    ['rating', 'any', 'rated'],
  ] as const)('%s=%s says %s', (name, value, words) => expect(filterLabel(name, value)).toBe(words))

  it('names days', () => {
    expect(filterLabel('from', startOf('2026-03-01'))).toBe('from 2026-03-01')
    expect(filterLabel('to', startOf('2026-03-01', { after: true }))).toBe('until 2026-03-01')
  })
})
