// Queries and mutations of an API: address, limits, credentials, removal.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from '../../../api/client'
import type { Api, Limits } from '../types'

/** Every API that was imported. */
export function useApis() {
  return useQuery({
    queryKey: ['apis'],
    queryFn: () => request<{ items: Api[] }>('GET', '/apis'),
  })
}

export function useApi(id: string) {
  return useQuery({
    queryKey: ['apis', id],
    queryFn: () => request<Api>('GET', `/apis/${id}`),
  })
}

/** A change of an API that gives the API back. */
function useApiChange<T>(id: string, call: (input: T) => Promise<Api>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: call,
    onSuccess: (api) => {
      queries.setQueryData(['apis', id], api)
      void queries.invalidateQueries({ queryKey: ['apis'], exact: true })
    },
  })
}

/** Change where an API is called, and how much. */
export function useSaveApi(id: string) {
  return useApiChange(id, (form: { base_url?: string; limits?: Limits }) =>
    request<Api>('PUT', `/apis/${id}`, form),
  )
}

/** Set the credentials of one scheme; they are never given out again. */
export function useSetCredentials(id: string, scheme: string) {
  return useApiChange(id, (values: Record<string, string>) =>
    request<Api>('PUT', `/apis/${id}/credentials/${encodeURIComponent(scheme)}`, values),
  )
}

export function useRemoveCredentials(id: string, scheme: string) {
  return useApiChange(id, () =>
    request<Api>('DELETE', `/apis/${id}/credentials/${encodeURIComponent(scheme)}`),
  )
}

/** Add a way to sign in that the document does not declare. */
export function useAddScheme(id: string) {
  return useApiChange(id, (form: Record<string, string>) => request<Api>('POST', `/apis/${id}/schemes`, form))
}

/** Remove a way to sign in that a person added. */
export function useRemoveScheme(id: string, scheme: string) {
  return useApiChange(id, () => request<Api>('DELETE', `/apis/${id}/schemes/${encodeURIComponent(scheme)}`))
}

/** Begin a sign-in at the provider: the browser leaves for its page. */
export function useBeginSignIn(id: string, scheme: string) {
  return useMutation({
    mutationFn: (values: Record<string, string>) =>
      request<{ address: string }>(
        'POST',
        `/apis/${id}/credentials/${encodeURIComponent(scheme)}/sign-in`,
        values,
      ),
    onSuccess: ({ address }) => window.location.assign(address),
  })
}

/** Finish a sign-in with what the provider sent the browser back with. */
export function useFinishSignIn() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (back: { state: string; code: string }) =>
      request<{ api_id: string; job_id: string | null }>('POST', '/sign-ins', back),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['apis'] }),
  })
}

/** Remove an API with its tools and imports. */
export function useRemoveApi(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => request('DELETE', `/apis/${id}`),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['apis'] })
      void queries.invalidateQueries({ queryKey: ['imports'], exact: true })
      void queries.invalidateQueries({ queryKey: ['agents'] })
    },
  })
}
