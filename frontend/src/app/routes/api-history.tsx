import { HistoryPage } from '../../features/api-review/history/history-page'
import { RequireStaff } from '../../features/auth/require-staff'
import { SignOut } from '../../features/auth/sign-out'

export function Component() {
  return (
    <RequireStaff>
      <HistoryPage tools={<SignOut />} />
    </RequireStaff>
  )
}
