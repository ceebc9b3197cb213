import { ApisPage } from '../../features/api-review/apis/apis-page'
import { RequireStaff } from '../../features/staff/require-staff'

export function Component() {
  return (
    <RequireStaff>
      <ApisPage />
    </RequireStaff>
  )
}
