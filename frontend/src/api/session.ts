// Query of the session: who we are to the server.
import { queryOptions, useQuery, type QueryClient } from '@tanstack/react-query'
import { request } from './client'
import type { components } from './schema.gen'

/** Who we are to the server, and what it calls itself. */
export type Session = components['schemas']['Session']

/** Asking also hands the browser the cookie that owns its conversations, so it comes before the first connection. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => request<Session>('GET', '/session'),
})

export function useSession() {
  return useQuery(sessionQuery)
}

/**
 * Ask anew who we are, after signing in or out. An answer that is still on its way was given before that, and
 * `invalidateQueries` alone would wait for it and believe it.
 */
export async function refreshSession(queries: QueryClient): Promise<void> {
  await queries.cancelQueries({ queryKey: sessionQuery.queryKey })
  await queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
}
