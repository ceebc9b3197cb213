import { RequireStaff } from '../../features/staff/require-staff'
import { ModelPage } from '../../features/model/model-page'

export function Component() {
  return (
    <RequireStaff>
      <ModelPage />
    </RequireStaff>
  )
}
