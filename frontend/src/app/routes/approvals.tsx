import { RequireStaff } from '../../features/auth/require-staff'
import { SignOut } from '../../features/auth/sign-out'
import { ApprovalsPage } from '../../features/approvals/approvals-page'

export function Component() {
  return (
    <RequireStaff>
      <ApprovalsPage tools={<SignOut />} />
    </RequireStaff>
  )
}
