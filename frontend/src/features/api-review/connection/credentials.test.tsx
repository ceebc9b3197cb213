import { screen, waitFor } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, expect, it, vi } from 'vitest'
import { show } from '../../../testing/render'
import { good, refused, restServer } from '../../../testing/server'
import { Credentials } from './credentials'
import { SignedInPage } from './signed-in-page'
import { api, scheme } from '../fixtures'
import type { Scheme } from '../types'

const server = restServer()
let sent: { path: string; body: unknown }[]

beforeEach(() => {
  sent = []
  const keep = async ({ request }: { request: Request }) => {
    sent.push({ path: new URL(request.url).pathname, body: await request.json() })
    return good(api())
  }
  server.use(http.put('*/api/v1/apis/*', keep), http.post('*/api/v1/apis/a1/schemes', keep))
})

function open(...schemes: Scheme[]) {
  return show(<Credentials api={api({ schemes })} />)
}

it('an API that declares no way to sign in gets one from a person', async () => {
  const { user } = open()
  expect(screen.getByText('The document asks for no credentials.')).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'Add another way to sign in' }))
  await user.type(screen.getByLabelText(/^Name of the header/), 'X-API-Key')
  await user.click(screen.getByRole('button', { name: 'Add' }))
  await waitFor(() => expect(sent).toHaveLength(1))
  expect(sent[0]?.body).toEqual({ kind: 'apiKey', place: 'header', parameter: 'X-API-Key' })
})

it('a ready token is enough for OAuth 2', async () => {
  const { user } = open(scheme({ name: 'oauth', kind: 'oauth2', token_url: 'https://t.example' }))
  await user.click(screen.getByRole('button', { name: 'Set' }))
  await user.click(screen.getByText('Ready token'))
  await user.type(screen.getByLabelText(/^Token/), 'abc')
  await user.click(screen.getByRole('button', { name: 'Store' }))
  await waitFor(() => expect(sent).toHaveLength(1))
  expect(sent[0]?.body).toEqual({ token: 'abc' })
})

it('what was entered for another address is asked for again', () => {
  open(scheme({ set: true, entered_for: 'https://old.example' }))
  expect(screen.getByRole('alert')).toHaveTextContent('entered for https://old.example')
  expect(screen.queryByText('Set')).toBeNull()
})

it('a sign-in goes to the provider, with the client that was entered', async () => {
  const gone = vi.fn()
  const here = window.location
  vi.stubGlobal('location', { assign: gone, origin: 'https://desk.example', href: here.href })
  server.use(
    http.post('*/api/v1/apis/a1/credentials/oauth/sign-in', () =>
      good({ address: 'https://p.example/authorize?x=1' }),
    ),
  )
  const { user } = open(
    scheme({
      name: 'oauth',
      kind: 'oauth2',
      authorization_url: 'https://p.example',
      token_url: 'https://t.example',
    }),
  )
  await user.click(screen.getByRole('button', { name: 'Set' }))
  expect(screen.getByText('https://desk.example/apis/signed-in')).toBeVisible()
  await user.type(screen.getByLabelText(/^Client id/), 'desk')
  await user.click(screen.getByRole('button', { name: 'Go to the provider' }))
  await waitFor(() => expect(gone).toHaveBeenCalledWith('https://p.example/authorize?x=1'))
  vi.stubGlobal('location', here)
})

it('the code that comes back is exchanged once, and the API is shown', async () => {
  const codes: unknown[] = []
  server.use(
    http.post('*/api/v1/sign-ins', async ({ request }) => {
      codes.push(await request.json())
      return good({ api_id: 'a1', scheme: 'oauth', job_id: 'j1' })
    }),
  )
  const { router } = show(<SignedInPage />, { at: '/apis/signed-in?state=s&code=c' })
  await waitFor(() => expect(router.state.location.pathname).toBe('/apis/jobs/j1'))
  expect(codes).toEqual([{ state: 's', code: 'c' }])
})

it('a sign-in that the provider or the server refuses says what to do', async () => {
  server.use(
    http.post('*/api/v1/sign-ins', () => refused(409, 'sign_in_ended', 'Begin it again on the API’s page.')),
  )
  show(<SignedInPage />, { at: '/apis/signed-in?error=access_denied&state=s' })
  expect(screen.getByRole('alert')).toHaveTextContent('not to let us in')
  show(<SignedInPage />, { at: '/apis/signed-in?state=s&code=c' })
  expect(await screen.findByText(/Begin it again/)).toBeVisible()
})
