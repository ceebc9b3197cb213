import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from '../../api/client'
import type { components } from '../../api/schema.gen'
import type { Answer } from '../../conversation/state'

type Schemas = components['schemas']

export type Approval = Schemas['Approval']
export type Action = Schemas['ActionView']
export type Escalation = Schemas['Escalation']
export type Delivery = Schemas['DeliveryView']

const EVERY_MS = 4000 // staff see what waits before they wonder whether anything does

export function useApprovals() {
  return useQuery({
    queryKey: ['approvals'],
    queryFn: () => request<Schemas['Approvals']>('GET', '/interrupts?audience=operator'),
    refetchInterval: EVERY_MS,
  })
}

export function useUnknownActions() {
  return useQuery({
    queryKey: ['actions', 'unknown'],
    queryFn: () => request<Schemas['Actions']>('GET', '/actions?status=unknown'),
    refetchInterval: EVERY_MS,
  })
}

export function useEscalations() {
  return useQuery({
    queryKey: ['escalations'],
    queryFn: () => request<Schemas['Escalations']>('GET', '/escalations'),
    refetchInterval: EVERY_MS,
  })
}

/** Decide on an approval; the first decision stands, whoever makes it. */
export function useDecide(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (answer: Answer) => request<Schemas['Decided']>('POST', `/interrupts/${id}/decision`, answer),
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
