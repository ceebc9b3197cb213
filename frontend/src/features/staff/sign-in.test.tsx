import { screen, waitFor } from '@testing-library/react'
import { http } from 'msw'
import { describe, expect, it } from 'vitest'
import { show } from '../../testing/render'
import { good, refused, restServer, SESSION } from '../../testing/server'
import { RequireStaff } from './require-staff'
import { AccountMenu } from './account-menu'
import { inHash } from './sign-in'
import { SignInPage } from './sign-in-page'

const server = restServer()

/** A server that lets in whoever proves it so. */
function door(accepts: unknown) {
  let staff = false
  let tries = 0
  server.use(
    http.get('*/api/v1/session', () => good({ ...SESSION, staff })),
    http.post('*/api/v1/staff/sign-in', async ({ request }) => {
      tries += 1
      staff = JSON.stringify(await request.json()) === JSON.stringify(accepts)
      return staff ? good({ staff }) : refused(401, 'sign_in_failed', 'That code is not valid.')
    }),
  )
  return { tries: () => tries }
}

describe('the sign-in page', () => {
  it('takes the code of the link, once, and out of the history', async () => {
    const { tries } = door({ code: 'abc' })
    const { router } = show(<SignInPage />, { at: '/sign-in#code=abc', path: '/sign-in' })
    expect(await screen.findByText('the approvals page')).toBeVisible()
    expect(tries()).toBe(1)
    expect(router.state.location.hash).toBe('')
  })

  it('takes a name and its password', async () => {
    door({ name: 'Ana', password: 'violet kettle' })
    const { user } = show(<SignInPage />, { at: '/sign-in', path: '/sign-in' })
    expect(screen.getByRole('button', { name: 'Sign in' })).toBeDisabled()
    await user.type(screen.getByLabelText('Name'), ' Ana ')
    await user.type(screen.getByLabelText('Password'), 'violet kettle{Enter}')
    expect(await screen.findByText('the approvals page')).toBeVisible()
  })

  it('says when a code is not valid, and takes the admin key instead', async () => {
    door({ key: 'the-admin-key' })
    const { user } = show(<SignInPage />, { at: '/sign-in#code=old', path: '/sign-in' })
    expect(await screen.findByRole('alert')).toHaveTextContent('That code is not valid.')
    await user.click(screen.getByRole('button', { name: 'the admin key' }))
    await user.type(screen.getByLabelText('Admin key'), 'the-admin-key{Enter}')
    expect(await screen.findByText('the approvals page')).toBeVisible()
  })

  it('believes no answer about the session that was given before the sign-in', async () => {
    door({ code: 'abc' })
    let answerEarly: () => void = () => undefined
    const early = new Promise<void>((resolve) => (answerEarly = resolve))
    server.use(
      http.get(
        '*/api/v1/session',
        async () => {
          await early
          return good({ ...SESSION, staff: false })
        },
        { once: true },
      ),
      http.post('*/api/v1/staff/sign-in', () => {
        setTimeout(answerEarly, 0)
        server.use(http.get('*/api/v1/session', () => good({ ...SESSION, staff: true })))
        return good({ staff: true })
      }),
    )
    show(<SignInPage />, { at: '/sign-in#code=abc', path: '/sign-in' })
    expect(await screen.findByText('the approvals page')).toBeVisible()
  })

  it('reads a code from an address and nothing from anything else', () => {
    const code = (hash: string) => inHash(hash, 'code')
    expect([code('#code=a-b_c'), code('#main'), code('')]).toEqual(['a-b_c', null, null])
  })
})

describe('a staff page', () => {
  it('is shown to staff only', async () => {
    const { router } = show(<RequireStaff>secret</RequireStaff>, { at: '/inside', path: '/inside' })
    await waitFor(() => expect(router.state.location.pathname).toBe('/sign-in'))
    expect(screen.queryByText('secret')).toBeNull()
    server.use(http.get('*/api/v1/session', () => good({ ...SESSION, staff: true })))
    show(<RequireStaff>secret</RequireStaff>, { at: '/inside', path: '/inside' })
    expect(await screen.findByText('secret')).toBeVisible()
  })

  it('takes a name that colleagues will see', async () => {
    const sent: unknown[] = []
    server.use(
      http.post('*/api/v1/staff/sign-in', async ({ request }) => {
        sent.push(await request.json())
        return good({ staff: true })
      }),
    )
    const { user } = show(<SignInPage />, { at: '/sign-in', path: '/sign-in' })
    await user.click(await screen.findByRole('button', { name: 'the admin key' }))
    await user.type(screen.getByLabelText('Your name (optional)'), ' Ana ')
    await user.type(screen.getByLabelText('Admin key'), 'the-admin-key{Enter}')
    await waitFor(() => expect(sent).toEqual([{ key: 'the-admin-key', name: 'Ana' }]))
  })

  it('is left by signing out', async () => {
    let staff = true
    server.use(
      http.get('*/api/v1/session', () => good({ ...SESSION, staff })),
      http.post('*/api/v1/staff/sign-out', () => {
        staff = false
        return good({ staff })
      }),
    )
    const { user, router } = show(
      <RequireStaff>
        <AccountMenu />
      </RequireStaff>,
      { at: '/inside', path: '/inside' },
    )
    await user.click(await screen.findByRole('button', { name: 'Account: Ana' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Sign out' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/sign-in'))
  })

  it('offers to try again when the server is away', async () => {
    server.use(http.get('*/api/v1/session', () => refused(503, 'unavailable', 'Not running right now.')))
    show(<RequireStaff>secret</RequireStaff>, { at: '/inside', path: '/inside' })
    expect(await screen.findByRole('alert')).toHaveTextContent('Not running right now.')
  })
})
