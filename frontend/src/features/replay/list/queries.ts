// Queries of the list of conversations and of what it can be filtered by.
import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { request } from '../../../api/client'
import type { components } from '../../../api/schema.gen'
import { addressOf, type Filters } from './filters'
import { ROWS_PER_PAGE } from '../limits'

type Page = components['schemas']['ConversationRows']

function conversationsQuery(filters: Filters) {
  return infiniteQueryOptions({
    queryKey: ['conversations', addressOf(filters).toString()],
    queryFn: ({ pageParam, signal }) => {
      const query = addressOf(filters)
      query.set('limit', String(ROWS_PER_PAGE))
      if (pageParam !== null) query.set('cursor', pageParam)
      return request<Page>('GET', `/conversations?${query.toString()}`, undefined, signal)
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })
}

/** The conversations that were asked for, newest first, page after page. An answer that is no longer wanted is let go. */
export function useConversations(filters: Filters) {
  return useInfiniteQuery({ ...conversationsQuery(filters), placeholderData: keepPreviousData })
}

/** The names of agents and tools that can be filtered by, as suggestions; without them a name is typed. */
export function useSuggestions(): { agents: string[]; tools: string[] } {
  const { data } = useQuery({
    queryKey: ['agents'],
    queryFn: () => request<components['schemas']['Agents']>('GET', '/agents'),
  })
  const agents = data?.items ?? []
  return {
    agents: agents.map((agent) => agent.name).sort(),
    tools: [...new Set(agents.flatMap((agent) => agent.tools))].sort(),
  }
}
