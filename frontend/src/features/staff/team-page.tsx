import { Button, NativeSelect, Skeleton } from '@mantine/core'
import { useState } from 'react'
import { ROLES, useMember, type Role } from '../../api/member'
import { AccountRow } from './account-row'
import { ShownLink } from './one-time-link'
import classes from './staff.module.css'
import { useInvite, useTeam } from './team'

const ROLE_CHOICES = Object.entries(ROLES).map(([value, says]) => ({ value, label: `${value}: ${says}` }))

/** Who works here: the accounts with their roles, and the way to invite a colleague. */
export function TeamPage() {
  const team = useTeam()
  const member = useMember()
  return (
    <main id="main" className={classes.page} tabIndex={0}>
      <div className={classes.column}>
        <h1 className={classes.title}>Team</h1>
        <p className={classes.lead}>
          The name of an account stands beside everything that its owner decides or changes. No two look
          alike.
        </p>
        {member.data?.has_password === false && <Advice name={member.data.name} />}
        {team.data && <Invite />}
        {team.isPending && <Skeleton height={120} radius="md" />}
        {team.isError && (
          <p role="alert" className={classes.error}>
            {team.error.message}
          </p>
        )}
        {team.data && (
          <ul className={classes.list} aria-label="Accounts">
            {team.data.items.map((account) => (
              <AccountRow key={account.id} account={account} own={account.id === member.data?.id} />
            ))}
          </ul>
        )}
      </div>
    </main>
  )
}

/** Whoever came in by a link or the key decides under a name that is nobody's own. */
function Advice({ name }: { name: string }) {
  return (
    <p className={classes.advice}>
      You are here as <b>{name}</b>, which has no password: whoever has a link of the server or the admin key
      comes in under it. Invite yourself as an admin, and your decisions carry your own name.
    </p>
  )
}

function Invite() {
  const invite = useInvite()
  const [role, setRole] = useState<Role>('operator')
  return (
    <section aria-labelledby="invite" className={classes.card}>
      <h2 id="invite" className={classes.heading}>
        Invite a colleague
      </h2>
      <form
        className={classes.line}
        onSubmit={(event) => {
          event.preventDefault()
          invite.mutate(role)
        }}
      >
        <NativeSelect
          className={classes.wide}
          label="Role"
          data={ROLE_CHOICES}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value as Role)}
        />
        <Button type="submit" loading={invite.isPending}>
          Make a link
        </Button>
      </form>
      {invite.isError && (
        <p role="alert" className={classes.error}>
          {invite.error.message}
        </p>
      )}
      {invite.data && <ShownLink link={invite.data} label="Send this link to your colleague" />}
    </section>
  )
}
