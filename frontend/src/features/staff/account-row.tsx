import { Button, NativeSelect } from '@mantine/core'
import { ROLES, type Role } from '../../api/member'
import { Time } from '../../components/time'
import { ShownLink } from './one-time-link'
import classes from './staff.module.css'
import { useChangeAccount, usePasswordLink, type Account } from './team'

const WAYS_IN: Record<string, string> = {
  key: 'came in by the admin key',
  link: 'came in by the server’s link',
}

/** One account: its role, whether it may sign in, and a link to a new password. */
export function AccountRow({ account, own }: { account: Account; own: boolean }) {
  const change = useChangeAccount()
  const renew = usePasswordLink()
  const problem = change.error ?? renew.error
  return (
    <li className={classes.card} data-off={account.disabled || undefined}>
      <div className={classes.line}>
        <div className={classes.wide}>
          <h2 className={classes.heading}>
            {account.name} {own && <span className={classes.dim}>(you)</span>}
          </h2>
          <p className={classes.meta}>
            {WAYS_IN[account.created_by] ?? `invited by ${account.created_by}`},{' '}
            <Time at={account.created_at} />
            {account.disabled ? (
              ' · kept out'
            ) : account.seen_at ? (
              <>
                {' '}
                · signed in, last seen <Time at={account.seen_at} />
              </>
            ) : (
              ' · not signed in'
            )}
            {!account.has_password && ' · no password'}
          </p>
        </div>
        <NativeSelect
          aria-label={`Role of ${account.name}`}
          data={Object.keys(ROLES)}
          value={account.role}
          disabled={change.isPending}
          onChange={(event) => change.mutate({ id: account.id, role: event.currentTarget.value as Role })}
        />
        <Button
          variant="default"
          loading={renew.isPending}
          title="A link by which its owner sets a new password, also while the account is locked"
          onClick={() => renew.mutate(account.id)}
        >
          Password link
        </Button>
        <Button
          variant="default"
          loading={change.isPending}
          title={account.disabled ? 'May sign in again' : 'Ends its sessions at once; what it decided stays'}
          onClick={() => change.mutate({ id: account.id, disabled: !account.disabled })}
        >
          {account.disabled ? 'Let in again' : 'Keep out'}
        </Button>
      </div>
      {problem && (
        <p role="alert" className={classes.error}>
          {problem.message}
        </p>
      )}
      {renew.data && <ShownLink link={renew.data} label={`Send this link to ${account.name}`} />}
    </li>
  )
}
