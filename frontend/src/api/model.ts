// Query of the language model: which one answers, and what keeps it from answering.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from './client'
import type { components } from './schema.gen'

type Schemas = components['schemas']

export type Model = Schemas['ModelStatus']
export type ModelAlert = Schemas['AlertView']
export type ModelRefusal = Schemas['RefusalView']

const EVERY_MS = 30_000 // whoever was told of an alert opens the page; the others see it within half a minute
const KEY = ['model']

/** The model and its alerts, kept fresh; for staff alone. */
export function useModel() {
  return useQuery({
    queryKey: KEY,
    queryFn: () => request<Model>('GET', '/model'),
    refetchInterval: EVERY_MS,
  })
}

/** Take an alert away, such as one of a model that is no longer used. */
export function useDismissAlert() {
  return useChange(({ model, code }: Pick<ModelAlert, 'model' | 'code'>) =>
    request<Model>('POST', '/model/alerts/dismiss', { model, code }),
  )
}

/** Forget a refusal, such as after the model's server was started anew. */
export function useForgetRefusal() {
  return useChange(({ model, feature }: Pick<ModelRefusal, 'model' | 'feature'>) =>
    request<Model>('POST', '/model/refusals/forget', { model, feature }),
  )
}

function useChange<Change>(mutationFn: (change: Change) => Promise<Model>) {
  const queries = useQueryClient()
  return useMutation({ mutationFn, onSettled: () => queries.invalidateQueries({ queryKey: KEY }) })
}
