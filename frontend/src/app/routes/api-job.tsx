import { JobPage } from '../../features/api-review/review/job-page'
import { RequireStaff } from '../../features/staff/require-staff'

export function Component() {
  return (
    <RequireStaff>
      <JobPage />
    </RequireStaff>
  )
}
