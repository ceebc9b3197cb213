import { useParams } from 'react-router'
import { RequireStaff } from '../../features/staff/require-staff'
import { ReplayPage } from '../../features/replay/page/replay-page'

export function Component() {
  const { threadId = '' } = useParams()
  return (
    <RequireStaff>
      <ReplayPage key={threadId} threadId={threadId} />
    </RequireStaff>
  )
}
