import { Button, Menu } from '@mantine/core'
import { Link } from 'react-router'
import { useMember } from '../../api/member'
import { useSignOut } from './sign-in'
import classes from './staff.module.css'
import './styles'

/** Who is signed in, the way to the account and the team, and out. */
export function AccountMenu() {
  const member = useMember()
  const signOut = useSignOut()
  const name = member.data?.name ?? 'Account'
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          className={classes.menu}
          loading={signOut.isPending}
          aria-label={`Account: ${name}`}
        >
          <span className={classes.clipped}>{name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {member.data && (
          <Menu.Label>
            {member.data.name}, {member.data.role}
          </Menu.Label>
        )}
        <Menu.Item component={Link} to="/account">
          Your account
        </Menu.Item>
        {member.data?.rights.includes('see_staff') && (
          <Menu.Item component={Link} to="/team">
            Team
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item onClick={() => signOut.mutate()}>Sign out</Menu.Item>
      </Menu.Dropdown>
      {signOut.isError && <span role="alert">{signOut.error.message}</span>}
    </Menu>
  )
}
