import { RequireStaff } from '../../features/auth/require-staff'
import { SignOut } from '../../features/auth/sign-out'
import { ModelPage } from '../../features/model/model-page'

export function Component() {
  return (
    <RequireStaff>
      <ModelPage tools={<SignOut />} />
    </RequireStaff>
  )
}
