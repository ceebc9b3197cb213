import { RequireStaff } from '../../features/staff/require-staff'
import { ApprovalsPage } from '../../features/approvals/approvals-page'

export function Component() {
  return (
    <RequireStaff>
      <ApprovalsPage />
    </RequireStaff>
  )
}
