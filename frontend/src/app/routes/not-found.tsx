import { Link } from 'react-router'
import { StatusPage } from '../../components/status-page'

export function Component() {
  return (
    <StatusPage title="There is nothing at this address">
      <p>
        The page may have moved, or the address has a mistake. <Link to="/">Go to the chat</Link>
      </p>
    </StatusPage>
  )
}
