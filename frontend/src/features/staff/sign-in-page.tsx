import { Button, Loader, PasswordInput, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { Navigate, useLocation, useNavigate } from 'react-router'
import { useSession } from '../../api/session'
import { StatusPage } from '../../components/status-page'
import { inHash, useSignIn } from './sign-in'
import { MAX_NAME_CHARS } from './staff-form'
import classes from './staff.module.css'

const INSIDE = '/approvals'

/** Staff come in here: by name and password, by the one-time link that the server prints, or with the admin key. */
export function SignInPage() {
  const session = useSession()
  const signIn = useSignIn()
  const [byKey, setByKey] = useState(false)
  useOneTimeCode(signIn.mutate)

  if (session.data?.staff) return <Navigate to={INSIDE} replace />
  if (signIn.isPending && 'code' in signIn.variables) {
    return (
      <StatusPage title="Signing you in">
        <Loader aria-label="Signing you in" />
      </StatusPage>
    )
  }
  return (
    <StatusPage title="Sign in as staff">
      <SignInForm key={String(byKey)} byKey={byKey} signIn={signIn} />
      <p className={classes.aside}>
        No account yet? Ask an admin for an invitation. The first admin opens the one-time link that the
        server printed when it started, or uses{' '}
        <button type="button" className={classes.plain} onClick={() => setByKey(!byKey)}>
          {byKey ? 'a name and password' : 'the admin key'}
        </button>
        .
      </p>
    </StatusPage>
  )
}

function SignInForm({ byKey, signIn }: { byKey: boolean; signIn: ReturnType<typeof useSignIn> }) {
  const [secret, setSecret] = useState('')
  const [name, setName] = useState('')
  const who = name.trim()
  const proof = byKey ? { key: secret, ...(who && { name: who }) } : { name: who, password: secret }
  const complete = secret !== '' && (byKey || who !== '')
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (complete) signIn.mutate(proof)
      }}
    >
      <TextInput
        label={byKey ? 'Your name (optional)' : 'Name'}
        description={byKey && 'Colleagues see it beside what you decide. Customers do not.'}
        autoComplete="username"
        maxLength={MAX_NAME_CHARS}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <PasswordInput
        label={byKey ? 'Admin key' : 'Password'}
        autoComplete="current-password"
        value={secret}
        onChange={(event) => setSecret(event.currentTarget.value)}
      />
      {signIn.isError && (
        <p role="alert" className={classes.error}>
          {signIn.error.message}
        </p>
      )}
      <Button type="submit" loading={signIn.isPending} disabled={!complete}>
        Sign in
      </Button>
    </form>
  )
}

/** Sign in with the code that the address holds, if it holds one. */
function useOneTimeCode(mutate: (proof: { code: string }) => void): void {
  const { hash } = useLocation()
  const navigate = useNavigate()
  const tried = useRef(false)
  const code = inHash(hash, 'code')
  useEffect(() => {
    if (!code || tried.current) return
    tried.current = true
    mutate({ code })
    // A code works once; it need not stay in the browser's history.
    void navigate('/sign-in', { replace: true })
  }, [code, mutate, navigate])
}
