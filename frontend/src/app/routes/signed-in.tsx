import { SignedInPage } from '../../features/api-review/connection/signed-in-page'
import { RequireStaff } from '../../features/staff/require-staff'

export function Component() {
  return (
    <RequireStaff>
      <SignedInPage />
    </RequireStaff>
  )
}
