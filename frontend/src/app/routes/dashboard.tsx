import { RequireStaff } from '../../features/auth/require-staff'
import { SignOut } from '../../features/auth/sign-out'
import { DashboardPage } from '../../features/dashboard/page/dashboard-page'

export function Component() {
  return (
    <RequireStaff>
      <DashboardPage tools={<SignOut />} />
    </RequireStaff>
  )
}
