// Query of who is signed in: the account, its role and what it may do.
import { queryOptions, useQuery } from '@tanstack/react-query'
import { request } from './client'
import type { components } from './schema.gen'

type Schemas = components['schemas']

export type Member = Schemas['Member']
export type Role = Schemas['Role']
export type Right = Schemas['Right']

export const ROLES: Record<Role, string> = {
  viewer: 'sees everything, changes nothing',
  operator: 'decides approvals and settles actions',
  admin: 'sets up APIs, agents and accounts as well',
}

export const memberQuery = queryOptions({
  queryKey: ['member'],
  queryFn: () => request<Member>('GET', '/staff/me'),
  staleTime: 60_000, // a role hardly ever changes, and the server checks each request anyway
})

/** Who is signed in; for pages of staff alone. */
export function useMember({ enabled = true } = {}) {
  return useQuery({ ...memberQuery, enabled })
}
