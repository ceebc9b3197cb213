// Queries and mutations of imports and their jobs.
import { queryOptions, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from '../../../api/client'
import { useFollow } from './follow'
import { isRunning } from './steps'
import type { Job, Jobs } from '../types'

const RUNNING_MS = 1000 // a running import, where no stream tells: often enough to be watched
const RESTING_MS = 15_000 // one that rests: somebody else may edit it

export interface ImportForm {
  /** Nothing: an API is read again from where it came. */
  source?: { url: string } | { text: string } | { file: File }
  name?: string
  base_url?: string
  api_id?: string
}

/** The imports, newest first, and on demand older ones; while one of them runs, asked again and again. */
export function useJobs() {
  return useInfiniteQuery({
    queryKey: ['imports'],
    queryFn: ({ pageParam }) => request<Jobs>('GET', `/openapi/jobs${pageParam && `?cursor=${pageParam}`}`),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some(({ items }) => items.some(isRunning)) ? 2 * RUNNING_MS : RESTING_MS,
  })
}

function jobQuery(id: string) {
  return queryOptions({
    queryKey: ['imports', id],
    queryFn: () => request<Job>('GET', `/openapi/jobs/${id}`),
  })
}

/** One import as it goes on: told by the server's stream, asked for where the stream does not come through. */
export function useJob(id: string) {
  const followed = useFollow(id)
  return useQuery({
    ...jobQuery(id),
    refetchInterval: ({ state: { data } }) => {
      if (followed || data?.status === 'failed' || data?.status === 'approved') return false
      return data && !isRunning(data) ? RESTING_MS : RUNNING_MS
    },
  })
}

/** Begin an import. */
export function useImport() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (form: ImportForm) => request<Job>('POST', '/openapi/import', bodyOf(form)),
    onSuccess: (job) => {
      queries.setQueryData(jobQuery(job.id).queryKey, job)
      void queries.invalidateQueries({ queryKey: ['imports'], exact: true })
    },
  })
}

function bodyOf({ source, ...options }: ImportForm): FormData | Record<string, unknown> {
  if (!source || !('file' in source)) return { ...source, ...options }
  const form = new FormData()
  form.set('file', source.file)
  for (const [name, value] of Object.entries(options)) if (value) form.set(name, value)
  return form
}

/** Let an import that failed start over. */
export function useRetry(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => request<Job>('POST', `/openapi/jobs/${id}/retry`),
    onSuccess: (job) => queries.setQueryData(jobQuery(id).queryKey, job),
  })
}

/** Throw an import away that was not approved. */
export function useDiscard(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => request('DELETE', `/openapi/jobs/${id}`),
    // What is known of it stays until the page has been left: without it, the page could not say where to go.
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['imports'], exact: true })
      void queries.invalidateQueries({ queryKey: ['apis'] })
    },
  })
}

/** Make what was reviewed live; refused where somebody changed something that this page has not shown. */
export function useApprove(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (revision: number) => request<Job>('POST', `/openapi/jobs/${id}/approve`, { revision }),
    onSuccess: (job) => {
      queries.setQueryData(jobQuery(id).queryKey, job)
      void queries.invalidateQueries({ queryKey: ['apis'] })
      void queries.invalidateQueries({ queryKey: ['agents'] })
      void queries.invalidateQueries({ queryKey: ['imports'], exact: true })
    },
    onError: () => queries.invalidateQueries({ queryKey: ['imports', id] }),
  })
}
