// Query of the review log.
import { useInfiniteQuery } from '@tanstack/react-query'
import { request } from '../../../api/client'
import type { components } from '../../../api/schema.gen'

const AGAIN_MS = 15_000 // somebody else may do something

/** Whose history: everything's, one API's, one import's. */
export interface Scope {
  api_id?: string
  import_id?: string
}

/** What people did, newest first; asked anew whenever it is looked at. */
export function useHistory(scope: Scope = {}) {
  return useInfiniteQuery({
    queryKey: ['history', scope],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({ ...scope, ...(pageParam && { cursor: pageParam }) })
      return request<components['schemas']['ReviewLog']>('GET', `/review-log?${query}`)
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    staleTime: 0,
    refetchInterval: AGAIN_MS,
  })
}
