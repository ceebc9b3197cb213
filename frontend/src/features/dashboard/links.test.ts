import { describe, expect, it } from 'vitest'
import { conversationsPath, rowsAddress } from './links'

describe('links', () => {
  const over = { from: '2026-03-01T23:00:00Z', to: '2026-03-08T12:15:00Z' }

  it('lead to the conversations behind a figure, within the range', () => {
    const days = 'from=2026-03-01T23%3A00%3A00Z&to=2026-03-08T12%3A15%3A00Z'
    expect(conversationsPath('outcome=resolved', over)).toBe(`/replay?outcome=resolved&${days}`)
    expect(conversationsPath('', over)).toBe(`/replay?${days}`)
    expect(conversationsPath({ tool: 'a&b' }, over)).toBe(`/replay?tool=a%26b&${days}`)
  })

  it('lead to the rows of the same range', () => {
    const chosen = { name: '7d', from: '', to: '', tz: 'UTC' } as const
    expect(rowsAddress('cost', chosen)).toBe('/api/v1/analytics/rows/cost.csv?range=7d&tz=UTC')
  })
})
