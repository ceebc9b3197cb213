// Queries and mutations of the approvals page.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from '../../api/client'
import type { components } from '../../api/schema.gen'
import type { Answer } from '../../conversation/state'

type Schemas = components['schemas']

export type Approval = Schemas['Approval']
export type Action = Schemas['ActionView']
export type Escalation = Schemas['Escalation']
export type Delivery = Schemas['DeliveryView']
export type Evidence = Schemas['EvidenceView']
export type Events = Schemas['Events']

const EVERY_MS = 4000 // staff see what waits before they wonder whether anything does
const EVERY_MS_WHILE_LIVE = 60_000 // the stream tells of changes; this is for what it may have missed
const EXCERPT_EVENTS = 60 // some ten exchanges: enough to see why an agent wants it

/** A list that comes in pages, kept fresh; `fetchNextPage` shows more of it. */
function usePages<Page extends { next: string | null }>(key: string[], path: string, live = false) {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) =>
      request<Page>(
        'GET',
        pageParam === null ? path : `${path}${path.includes('?') ? '&' : '?'}cursor=${pageParam}`,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    refetchInterval: live ? EVERY_MS_WHILE_LIVE : EVERY_MS,
  })
}

/** What waits for an operator, the riskiest first. `live`: the stream of changes is connected. */
export function useApprovals(live = false) {
  return usePages<Schemas['Approvals']>(['approvals', 'waiting'], '/approvals?audience=operator', live)
}

/** What was decided, by whom and why. */
export function useHistory(live = false) {
  return usePages<Schemas['Approvals']>(['approvals', 'history'], '/approvals/history?limit=20', live)
}

export function useUnknownActions() {
  return usePages<Schemas['Actions']>(['actions', 'unknown'], '/actions?status=unknown')
}

export function useEscalations() {
  return usePages<Schemas['Escalations']>(['escalations'], '/escalations')
}

/** One approval, also after it has left the queue. */
export function useApproval(id: string | null) {
  return useQuery({
    queryKey: ['approvals', 'one', id],
    queryFn: () => request<Approval>('GET', `/approvals/${id}`),
    enabled: id !== null,
  })
}

/** What the target says now; asked for by a person, so it is not asked again by itself. */
export function useEvidence(id: string) {
  return useQuery({
    queryKey: ['evidence', id],
    queryFn: () => request<Evidence>('GET', `/approvals/${id}/evidence`),
    refetchOnWindowFocus: false,
    staleTime: Infinity,
    retry: false,
  })
}

/** The newest events of the conversation that an approval belongs to. */
export function useExcerpt(threadId: string, lastSeq: number) {
  const after = Math.max(0, lastSeq - EXCERPT_EVENTS)
  return useQuery({
    queryKey: ['excerpt', threadId, lastSeq],
    queryFn: () => request<Events>('GET', `/conversations/${threadId}/events?after=${after}&limit=200`),
    placeholderData: (before) => before,
  })
}

/** Decide on an approval; the first decision stands, whoever makes it. */
export function useDecide(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (answer: Answer) => request<Schemas['Decided']>('POST', `/approvals/${id}/decision`, answer),
    onSettled: () => queries.invalidateQueries({ queryKey: ['approvals'] }),
  })
}

/** Record what was found out about an action whose outcome nobody knew. */
export function useSettle(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (form: Schemas['SettleForm']) => request<Action>('POST', `/actions/${id}/settle`, form),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['actions'] }),
  })
}

/** Let a webhook that was given up start over. */
export function useRetryDelivery() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => request<Schemas['Retried']>('POST', `/escalations/deliveries/${id}/retry`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['escalations'] }),
  })
}
