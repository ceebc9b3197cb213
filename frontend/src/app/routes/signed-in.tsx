import { SignedInPage } from '../../features/api-review/connection/signed-in-page'
import { RequireStaff } from '../../features/auth/require-staff'

export function Component() {
  return (
    <RequireStaff>
      <SignedInPage />
    </RequireStaff>
  )
}
