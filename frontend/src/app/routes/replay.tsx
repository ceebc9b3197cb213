import { RequireStaff } from '../../features/auth/require-staff'
import { SignOut } from '../../features/auth/sign-out'
import { ConversationsPage } from '../../features/replay/list/conversations-page'

export function Component() {
  return (
    <RequireStaff>
      <ConversationsPage tools={<SignOut />} />
    </RequireStaff>
  )
}
