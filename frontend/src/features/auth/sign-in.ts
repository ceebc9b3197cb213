// Mutation that signs staff in.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { request } from '../../api/client'
import type { components } from '../../api/schema.gen'
import { refreshSession } from '../../api/session'

type Proof = { code: string } | { key: string; name?: string }

/** Sign in with a one-time code or the admin key; what is known of the session is asked for anew. */
export function useSignIn() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (proof: Proof) =>
      request<components['schemas']['StaffSession']>('POST', '/staff/sign-in', proof),
    onSuccess: () => refreshSession(queries),
  })
}

/** The code in an address such as `/sign-in#code=…`; the part after `#` never reaches a server's log. */
export function codeIn(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('code')
}
