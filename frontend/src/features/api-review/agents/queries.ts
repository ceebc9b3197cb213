// Queries and mutations of agents: live ones, and those of an import.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from '../../../api/client'
import type { Agent, AgentVersion, JobAgent } from '../types'

/** The agents that the operations of an import are for. */
export function useJobAgents(id: string) {
  return useQuery({
    queryKey: ['imports', id, 'agents'],
    queryFn: () => request<{ items: JobAgent[] }>('GET', `/openapi/jobs/${id}/agents`),
  })
}

type JobAgentForm = Partial<Pick<JobAgent, 'title' | 'description' | 'tone' | 'instructions'>> & {
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

/** The agents that answer now. */
export function useAgents() {
  return useQuery({
    queryKey: ['agents'],
    queryFn: () => request<{ items: Agent[] }>('GET', '/agents'),
  })
}

export interface AgentForm {
  description?: string
  tone?: string
  greeting?: string
  escalation_message?: string
  instructions?: string
  /** None: the usual number. */
  max_steps?: number | null
  off?: boolean
}

/** Change how a live agent speaks; from the next message on. */
export function useSaveAgent(name: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (form: AgentForm) => request<Agent>('PUT', `/agents/${encodeURIComponent(name)}`, form),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['agents'] }),
  })
}

/** Switch several agents off; each is a version of its own. */
export function useSwitchOff() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (names: readonly string[]) => {
      for (const name of names) await request('PUT', `/agents/${encodeURIComponent(name)}`, { off: true })
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['agents'] }),
  })
}

/** What an agent was, from the newest to the first. */
export function useAgentVersions(name: string, enabled: boolean) {
  return useQuery({
    queryKey: ['agents', name, 'versions'],
    queryFn: () => request<{ items: AgentVersion[] }>('GET', `/agents/${encodeURIComponent(name)}/versions`),
    enabled,
  })
}
