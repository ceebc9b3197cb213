import { AccountPage } from '../../features/staff/account-page'
import { RequireStaff } from '../../features/staff/require-staff'

export function Component() {
  return (
    <RequireStaff>
      <AccountPage />
    </RequireStaff>
  )
}
