// Query of the kill switch: what is paused, and pausing and letting go on.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from './client'
import type { components } from './schema.gen'

type Schemas = components['schemas']

export type Pause = Schemas['PauseView']
type Pauses = Schemas['Pauses']
export type Pausable = Schemas['Pausable']

const EVERY_MS = 10_000 // whoever pauses sees it at once; the others within ten seconds
const KEY = ['pauses']

/** What is paused, kept fresh; for staff alone. */
export function usePauses() {
  return useQuery({
    queryKey: KEY,
    queryFn: () => request<Pauses>('GET', '/pauses'),
    refetchInterval: EVERY_MS,
  })
}

/** Pause something, or let it go on. */
export function useSwitch({ kind, name }: Pausable, paused: boolean) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (why: string) =>
      request<Pauses>('POST', paused ? '/pauses/end' : '/pauses', { kind, name, why }),
    onSuccess: (data) => queries.setQueryData(KEY, data),
  })
}

/** How people name what is paused. */
export function nameOfPause({ kind, name }: Pausable): string {
  if (kind === 'actions') return 'All actions'
  return kind === 'api' ? `The API ${name}` : `The ${kind} ${name}`
}
