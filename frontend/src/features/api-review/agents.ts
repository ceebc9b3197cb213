import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from '../../api/client'
import type { JobAgent } from './types'

/** The agents that the operations of an import are for. */
export function useJobAgents(id: string) {
  return useQuery({
    queryKey: ['imports', id, 'agents'],
    queryFn: () => request<{ items: JobAgent[] }>('GET', `/openapi/jobs/${id}/agents`),
  })
}

export type JobAgentForm = Partial<Pick<JobAgent, 'title' | 'description' | 'tone' | 'instructions'>> & {
  new_name?: string
}

/** Change how an agent of an import will speak and be called. */
export function useSaveJobAgent(id: string, name: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (form: JobAgentForm) =>
      request('PUT', `/openapi/jobs/${id}/agents/${encodeURIComponent(name)}`, form),
    // A new name is on every operation of the agent.
    onSuccess: () => queries.invalidateQueries({ queryKey: ['imports', id] }),
  })
}
