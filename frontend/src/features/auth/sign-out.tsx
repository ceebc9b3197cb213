import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { request } from '../../api/client'
import type { components } from '../../api/schema.gen'
import { refreshSession } from '../../api/session'

/** Takes the staff session back from this browser. */
export function SignOut() {
  const queries = useQueryClient()
  const signOut = useMutation({
    mutationFn: () => request<components['schemas']['StaffSession']>('POST', '/staff/sign-out'),
    onSuccess: () => refreshSession(queries),
  })
  return (
    <>
      {signOut.isError && <span role="alert">{signOut.error.message}</span>}
      <Button
        size="compact-sm"
        variant="default"
        loading={signOut.isPending}
        onClick={() => signOut.mutate()}
      >
        Sign out
      </Button>
    </>
  )
}
