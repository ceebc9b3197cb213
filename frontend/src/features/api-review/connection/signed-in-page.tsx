import '../styles'
import { useEffect, useRef } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { useFinishSignIn } from './queries'
import page from '../page.module.css'
import { Problem } from '../problem'

/** Where a provider sends the browser back to: the code becomes credentials, once. */
export function SignedInPage() {
  const [params] = useSearchParams()
  const navigate = useNavigate()
  const finish = useFinishSignIn()
  const begun = useRef(false)
  const state = params.get('state')
  const code = params.get('code')
  useEffect(() => {
    if (begun.current || !state || !code) return
    begun.current = true // a code is good once
    finish.mutate(
      { state, code },
      {
        onSuccess: ({ job_id }) =>
          void navigate(job_id ? `/apis/jobs/${job_id}#credentials` : '/apis', { replace: true }),
      },
    )
  }, [state, code, finish, navigate])
  return (
    <main id="main" className={page.page} tabIndex={-1}>
      <div className={page.column}>
        <h1 className={page.title}>Signing in to an API</h1>
        {!state || !code ? (
          <Problem>
            {params.get('error') === 'access_denied'
              ? 'The provider was told not to let us in, so nothing was stored.'
              : 'The provider sent no code, so nothing was stored. Check the client and its scopes there.'}
          </Problem>
        ) : finish.isError ? (
          <Problem>{finish.error.message}</Problem>
        ) : (
          <p role="status">Asking the provider for a token …</p>
        )}
        <p>
          <Link to="/apis">Back to the APIs</Link>
        </p>
      </div>
    </main>
  )
}
