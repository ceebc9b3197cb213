import { Button, PasswordInput, Skeleton } from '@mantine/core'
import { useState } from 'react'
import { ROLES, useMember, type Member } from '../../api/member'
import { SessionList } from './session-list'
import { isLongEnough, NewPasswordInput } from './staff-form'
import classes from './staff.module.css'
import { useSetPassword } from './team'

/** One's own account: the role, the password, and the browsers in which one is signed in. */
export function AccountPage() {
  const member = useMember()
  return (
    <main id="main" className={classes.page} tabIndex={0}>
      <div className={classes.column}>
        <h1 className={classes.title}>Your account</h1>
        {member.isPending && <Skeleton height={64} radius="md" />}
        {member.isError && (
          <p role="alert" className={classes.error}>
            {member.error.message}
          </p>
        )}
        {member.data && (
          <>
            <p className={classes.lead}>
              You are <b>{member.data.name}</b>, {member.data.role}: {ROLES[member.data.role]}.
            </p>
            <PasswordSection member={member.data} />
            <SessionList />
          </>
        )}
      </div>
    </main>
  )
}

function PasswordSection({ member }: { member: Member }) {
  const change = useSetPassword()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const complete = isLongEnough(password) && (!member.has_password || current !== '')
  return (
    <section aria-labelledby="password" className={classes.card}>
      <h2 id="password" className={classes.heading}>
        {member.has_password ? 'Change your password' : 'Set a password'}
      </h2>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (!complete) return
          change.mutate(
            { password, ...(member.has_password && { current }) },
            {
              onSuccess: () => {
                setCurrent('')
                setPassword('')
              },
            },
          )
        }}
      >
        {member.has_password && (
          <PasswordInput
            label="Present password"
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
        )}
        <NewPasswordInput value={password} onChange={setPassword} />
        {change.isError && (
          <p role="alert" className={classes.error}>
            {change.error.message}
          </p>
        )}
        {change.isSuccess && <p role="status">The password is set. All other browsers are signed out.</p>}
        <Button type="submit" className={classes.own} loading={change.isPending} disabled={!complete}>
          Set the password
        </Button>
      </form>
    </section>
  )
}
