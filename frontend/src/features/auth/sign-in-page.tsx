import { Button, Loader, PasswordInput, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { Navigate, useLocation, useNavigate } from 'react-router'
import { useSession } from '../../api/session'
import { StatusPage } from '../../components/status-page'
import classes from './auth.module.css'
import { codeIn, useSignIn } from './sign-in'

const INSIDE = '/approvals'
const MAX_NAME_CHARS = 40 // as the server takes it

/** Staff come in here: by the one-time link that the server prints, or with the admin key. */
export function SignInPage() {
  const session = useSession()
  const signIn = useSignIn()
  const [key, setKey] = useState('')
  const [name, setName] = useState('')
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
      <p>Open the one-time link that the server printed when it started, or enter the admin key.</p>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (key) signIn.mutate({ key, ...(name.trim() && { name: name.trim() }) })
        }}
      >
        <PasswordInput
          label="Admin key"
          autoComplete="current-password"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <TextInput
          label="Your name (optional)"
          description="Colleagues see it beside what you decide. Customers do not."
          autoComplete="name"
          maxLength={MAX_NAME_CHARS}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {signIn.isError && (
          <p role="alert" className={classes.error}>
            {signIn.error.message}
          </p>
        )}
        <Button type="submit" loading={signIn.isPending} disabled={!key}>
          Sign in
        </Button>
      </form>
    </StatusPage>
  )
}

/** Sign in with the code that the address holds, if it holds one. */
function useOneTimeCode(mutate: (proof: { code: string }) => void): void {
  const { hash } = useLocation()
  const navigate = useNavigate()
  const tried = useRef(false)
  const code = codeIn(hash)
  useEffect(() => {
    if (!code || tried.current) return
    tried.current = true
    mutate({ code })
    // A code works once; it need not stay in the browser's history.
    void navigate('/sign-in', { replace: true })
  }, [code, mutate, navigate])
}
