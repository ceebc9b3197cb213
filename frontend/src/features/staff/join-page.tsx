import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Link, Navigate, useLocation } from 'react-router'
import { StatusPage } from '../../components/status-page'
import { inHash, useJoin } from './sign-in'
import { isLongEnough, MAX_NAME_CHARS, NewPasswordInput } from './staff-form'
import classes from './staff.module.css'

/** Where an admin's link leads: a new colleague chooses a name and a password, another one a new password. */
export function JoinPage() {
  const { hash } = useLocation()
  const join = useJoin()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const token = inHash(hash, 'token')
  const renews = inHash(hash, 'renews') !== null
  if (join.isSuccess) return <Navigate to="/approvals" replace />
  if (!token) {
    return (
      <StatusPage title="This link is not complete">
        <p>Copy the whole link that the admin sent you, up to its end, and open it again.</p>
        <Link to="/sign-in">Sign in</Link>
      </StatusPage>
    )
  }
  const complete = isLongEnough(password) && (renews || name.trim() !== '')
  return (
    <StatusPage title={renews ? 'Choose a new password' : 'Join as staff'}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (complete) join.mutate({ token, password, ...(!renews && { name: name.trim() }) })
        }}
      >
        {!renews && (
          <TextInput
            label="Your name"
            description="You sign in with it, and colleagues see it beside what you decide. Customers do not."
            autoComplete="username"
            maxLength={MAX_NAME_CHARS}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <NewPasswordInput value={password} onChange={setPassword} />
        {join.isError && (
          <p role="alert" className={classes.error}>
            {join.error.message}
          </p>
        )}
        <Button type="submit" loading={join.isPending} disabled={!complete}>
          {renews ? 'Set the password and sign in' : 'Join'}
        </Button>
      </form>
      <p className={classes.aside}>
        Have an account already? <Link to="/sign-in">Sign in</Link>
      </p>
    </StatusPage>
  )
}
