// Links from figures to the conversations and rows behind them.
import { BASE } from '../../api/client'
import { queryOf, type Chosen } from './range'
import type { Period } from './types'

/** Where the conversations behind something are listed: its filter, within the range. */
export function conversationsPath(filter: string | Record<string, string>, over: Period): string {
  const params = new URLSearchParams(filter)
  params.set('from', over.from)
  params.set('to', over.to)
  return `/replay?${params}`
}

/** The rows that a figure is made of, as a file. */
export function rowsAddress(figure: string, chosen: Chosen): string {
  return `${BASE}/analytics/rows/${figure}.csv?${queryOf(chosen)}`
}
