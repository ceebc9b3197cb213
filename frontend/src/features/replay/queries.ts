// Queries of one conversation's replay and of its steps, page by page.
import { keepPreviousData, queryOptions, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { ApiError, request } from '../../api/client'
import { STEPS_PER_PAGE } from './limits'
import { endOf, firstOf, slotsOf, type Slots } from './pages'
import type { Replay, Step } from './types'

const OPEN_MS = 10_000 // the figures of a conversation that goes on; its steps come by themselves

export function replayQuery(threadId: string) {
  return queryOptions({
    queryKey: ['replay', threadId],
    queryFn: ({ signal, client }) =>
      request<Replay>('GET', `/replay/${threadId}`, undefined, signal).then((answer) =>
        newest(client.getQueryData<Replay>(['replay', threadId]), answer),
      ),
  })
}

/** A conversation as a whole; asked for again while it goes on. */
export function useReplay(threadId: string) {
  return useQuery({
    ...replayQuery(threadId),
    refetchInterval: ({ state }) => (state.data?.conversation.status === 'open' ? OPEN_MS : false),
  })
}

// What was watched meanwhile is newer than an answer that was on its way.
function newest(known: Replay | undefined, answer: Replay): Replay {
  if (!known || known.last <= answer.last) return answer
  const marks = [...answer.marks, ...known.marks.filter((mark) => mark.seq > answer.last)]
  return { ...answer, last: known.last, marks }
}

/** A page of steps. What is stored does not change; a page that is not full yet goes by how far it reaches. */
export function stepsQuery(threadId: string, page: number, last: number) {
  const end = endOf(page, last)
  return queryOptions({
    queryKey: ['replay', threadId, 'steps', page, end],
    queryFn: async ({ signal }) => {
      const path = `/replay/${threadId}/steps?after=${firstOf(page) - 1}&limit=${STEPS_PER_PAGE}`
      const { items } = await request<{ items: Step[] }>('GET', path, undefined, signal)
      return slotsOf(items, page, end)
    },
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  })
}

export interface Loaded {
  readonly pages: ReadonlyMap<number, Slots>
  readonly problem: Error | null
  readonly retry: () => void
}

/** These pages of a conversation, as far as they have come. */
export function useSteps(threadId: string, wanted: readonly number[], last: number): Loaded {
  const results = useQueries({ queries: wanted.map((page) => stepsQuery(threadId, page, last)) })
  const pages = new Map<number, Slots>()
  for (const [index, page] of wanted.entries()) {
    const slots = results[index]?.data
    if (slots) pages.set(page, slots)
  }
  const failed = results.filter((result) => result.isError)
  const problem = failed[0]?.error ?? null
  // Somebody has deleted it meanwhile: the page itself has to hear of that.
  const gone = problem instanceof ApiError && problem.status === 404
  const queries = useQueryClient()
  useEffect(() => {
    if (gone) void queries.invalidateQueries({ queryKey: replayQuery(threadId).queryKey, exact: true })
  }, [gone, queries, threadId])
  return {
    pages,
    problem,
    retry: () => {
      for (const result of failed) void result.refetch()
    },
  }
}
