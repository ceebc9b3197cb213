import { AgentsPage } from '../../features/api-review/agents/agents-page'
import { RequireStaff } from '../../features/staff/require-staff'

export function Component() {
  return (
    <RequireStaff>
      <AgentsPage />
    </RequireStaff>
  )
}
