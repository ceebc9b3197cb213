import { Button, Loader } from '@mantine/core'
import type { ReactNode } from 'react'
import { Navigate } from 'react-router'
import { useSession } from '../../api/session'
import { StatusPage } from '../../components/status-page'

/** Shows a page to staff; sends everybody else to sign in. The server checks each request again. */
export function RequireStaff({ children }: { children: ReactNode }) {
  const session = useSession()
  if (session.isPending) {
    return (
      <StatusPage title="One moment">
        <Loader aria-label="Loading" />
      </StatusPage>
    )
  }
  if (session.isError) {
    return (
      <StatusPage title="The server cannot be reached">
        <p role="alert">{session.error.message}</p>
        <Button onClick={() => void session.refetch()}>Try again</Button>
      </StatusPage>
    )
  }
  return session.data.staff ? children : <Navigate to="/sign-in" replace />
}
