import { RequireStaff } from '../../features/staff/require-staff'
import { ConversationsPage } from '../../features/replay/list/conversations-page'

export function Component() {
  return (
    <RequireStaff>
      <ConversationsPage />
    </RequireStaff>
  )
}
