import { TeamPage } from '../../features/staff/team-page'
import { RequireStaff } from '../../features/staff/require-staff'

export function Component() {
  return (
    <RequireStaff>
      <TeamPage />
    </RequireStaff>
  )
}
