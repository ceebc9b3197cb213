// Mutations by which staff come in and leave: each asks anew who we are.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { request } from '../../api/client'
import { memberQuery } from '../../api/member'
import type { components } from '../../api/schema.gen'
import { refreshSession } from '../../api/session'

type Schemas = components['schemas']
type Proof = { code: string } | { key: string; name?: string } | { name: string; password: string }
type Joining = { token: string; name?: string; password: string }

/** Sign in with a password, a one-time code or the admin key. */
export function useSignIn() {
  return useSession((proof: Proof) => request<Schemas['StaffSession']>('POST', '/staff/sign-in', proof))
}

/** Use an admin's link, and sign in. */
export function useJoin() {
  return useSession((form: Joining) => request<Schemas['StaffSession']>('POST', '/staff/join', form))
}

/** End the session. */
export function useSignOut() {
  return useSession(() => request<Schemas['StaffSession']>('POST', '/staff/sign-out'))
}

function useSession<Form>(mutationFn: (form: Form) => Promise<Schemas['StaffSession']>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: async () => {
      queries.removeQueries({ queryKey: memberQuery.queryKey })
      await refreshSession(queries)
    },
  })
}

/** What an address such as `/sign-in#code=…` holds; the part after `#` never reaches a server's log. */
export function inHash(hash: string, name: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get(name)
}
