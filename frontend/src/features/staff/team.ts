// Queries of the team and of one's own sessions.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from '../../api/client'
import { memberQuery, type Member, type Role } from '../../api/member'
import type { components } from '../../api/schema.gen'

type Schemas = components['schemas']

export type Account = Schemas['AccountView']
export type StaffSession = Schemas['StaffSessionView']
export type OneTimeLink = Schemas['OneTimeLink']

const TEAM = ['team']
const SESSIONS = ['staff-sessions']

/** Everybody who has an account; for admins alone. */
export function useTeam() {
  return useQuery({ queryKey: TEAM, queryFn: () => request<Schemas['TeamView']>('GET', '/team') })
}

/** Change a colleague's role, keep them out, or let them in again. */
export function useChangeAccount() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...change }: { id: string; role?: Role; disabled?: boolean }) =>
      request<Schemas['TeamView']>('PUT', `/team/${id}`, change),
    onSettled: () => queries.invalidateQueries({ queryKey: TEAM }),
  })
}

/** Make a link by which somebody joins. */
export function useInvite() {
  return useMutation({
    mutationFn: (role: Role) => request<OneTimeLink>('POST', '/team/invitations', { role }),
  })
}

/** Make a link by which a colleague sets a new password. */
export function usePasswordLink() {
  return useMutation({
    mutationFn: (id: string) => request<OneTimeLink>('POST', `/team/${id}/password-link`),
  })
}

/** The browsers in which one is signed in. */
export function useSessions() {
  return useQuery({
    queryKey: SESSIONS,
    queryFn: () => request<Schemas['StaffSessions']>('GET', '/staff/me/sessions'),
  })
}

/** Sign another browser out; without an id, all others. */
export function useEndSession() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string | null) =>
      request<Schemas['StaffSessions']>('DELETE', `/staff/me/sessions${id === null ? '' : `/${id}`}`),
    onSettled: () => queries.invalidateQueries({ queryKey: SESSIONS }),
  })
}

/** Set or change one's own password; all other browsers are signed out. */
export function useSetPassword() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (form: { current?: string; password: string }) =>
      request<Member>('PUT', '/staff/me/password', form),
    onSuccess: (member) => {
      queries.setQueryData(memberQuery.queryKey, member)
      return queries.invalidateQueries({ queryKey: SESSIONS })
    },
  })
}
