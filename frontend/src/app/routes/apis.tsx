import { ApisPage } from '../../features/api-review/apis/apis-page'
import { RequireStaff } from '../../features/auth/require-staff'
import { SignOut } from '../../features/auth/sign-out'

export function Component() {
  return (
    <RequireStaff>
      <ApisPage tools={<SignOut />} />
    </RequireStaff>
  )
}
