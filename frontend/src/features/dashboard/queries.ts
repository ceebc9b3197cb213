// Queries of figures and time series.
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { request } from '../../api/client'
import { queryOf, stepOf, type Chosen } from './range'
import type { Analytics, Series } from './types'

/** Everything that the page asks for. */
export const KEY = ['analytics']

const EVERY_MS = 5000 // where no stream tells of changes
const EVERY_MS_WHILE_LIVE = 60_000 // for what the stream may have missed, and because time passes

/** All figures of a range; those of the range before it stay in sight until they are there. */
export function useAnalytics(chosen: Chosen, live: boolean) {
  const query = queryOf(chosen)
  return useQuery({
    queryKey: [...KEY, 'figures', query],
    queryFn: () => request<Analytics>('GET', `/analytics?${query}`),
    placeholderData: keepPreviousData,
    refetchInterval: live ? EVERY_MS_WHILE_LIVE : EVERY_MS,
  })
}

/** Figures over time, in the order in which they were asked for. */
export function useSeries(figures: readonly string[], chosen: Chosen) {
  const query = `${queryOf(chosen)}&by=${stepOf(chosen)}`
  return useQueries({
    queries: figures.map((figure) => ({
      queryKey: [...KEY, 'series', figure, query],
      queryFn: () => request<Series>('GET', `/analytics/timeseries?figure=${figure}&${query}`),
      placeholderData: keepPreviousData,
      refetchInterval: EVERY_MS_WHILE_LIVE,
    })),
    combine: (results) => ({
      series: results.flatMap((result) => result.data ?? []),
      pending: results.some((result) => result.isPending),
      stale: results.some((result) => result.isPlaceholderData),
      error: results.find((result) => result.isError)?.error ?? null,
      retry: () => results.forEach((result) => void result.refetch()),
    }),
  })
}
