import { RequireStaff } from '../../features/staff/require-staff'
import { DashboardPage } from '../../features/dashboard/page/dashboard-page'

export function Component() {
  return (
    <RequireStaff>
      <DashboardPage />
    </RequireStaff>
  )
}
