import { JobPage } from '../../features/api-review/review/job-page'
import { RequireStaff } from '../../features/auth/require-staff'
import { SignOut } from '../../features/auth/sign-out'

export function Component() {
  return (
    <RequireStaff>
      <JobPage tools={<SignOut />} />
    </RequireStaff>
  )
}
