import { RequireStaff } from '../../features/auth/require-staff'
import { ApprovalsPage } from '../../features/approvals/approvals-page'

export function Component() {
  return (
    <RequireStaff>
      <ApprovalsPage />
    </RequireStaff>
  )
}
