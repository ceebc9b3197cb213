import { HistoryPage } from '../../features/api-review/history/history-page'
import { RequireStaff } from '../../features/staff/require-staff'

export function Component() {
  return (
    <RequireStaff>
      <HistoryPage />
    </RequireStaff>
  )
}
