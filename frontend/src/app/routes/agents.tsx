import { AgentsPage } from '../../features/api-review/agents/agents-page'
import { RequireStaff } from '../../features/auth/require-staff'
import { SignOut } from '../../features/auth/sign-out'

export function Component() {
  return (
    <RequireStaff>
      <AgentsPage tools={<SignOut />} />
    </RequireStaff>
  )
}
