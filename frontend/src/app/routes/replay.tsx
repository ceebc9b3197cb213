import { RequireStaff } from '../../features/auth/require-staff'
import { SignOut } from '../../features/auth/sign-out'
import { FindPage } from '../../features/replay/list/conversations-page'

export function Component() {
  return (
    <RequireStaff>
      <FindPage tools={<SignOut />} />
    </RequireStaff>
  )
}
