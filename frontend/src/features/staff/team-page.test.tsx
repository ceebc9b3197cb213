import { screen, waitFor, within } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { show } from '../../testing/render'
import { good, MEMBER, refused, restServer } from '../../testing/server'
import type { Account } from './team'
import { TeamPage } from './team-page'

const server = restServer()
const ANA: Account = {
  id: MEMBER.id,
  name: 'Ana',
  role: 'admin',
  has_password: true,
  disabled: false,
  created_by: 'key',
  created_at: '2026-03-30T12:00:00Z',
  seen_at: '2026-03-30T12:30:00Z',
}
const BEN: Account = { ...ANA, id: 'ben', name: 'Ben', role: 'operator', created_by: 'Ana', seen_at: null }
const LINK = { path: '/join#token=abc', ends_at: '2026-04-06T12:00:00Z' }
let accounts: Account[] = []
let changes: unknown[] = []

beforeEach(() => {
  accounts = [ANA, BEN]
  changes = []
  server.use(
    http.get('*/api/v1/team', () => good({ items: accounts })),
    http.put('*/api/v1/team/:id', async ({ request, params }) => {
      const change = (await request.json()) as Partial<Account>
      changes.push(change)
      accounts = accounts.map((one) => (one.id === params.id ? { ...one, ...change } : one))
      return good({ items: accounts })
    }),
  )
})

const row = async (name: string) =>
  within((await screen.findByRole('heading', { name: new RegExp(name) })).closest('li') as HTMLElement)

describe('the team', () => {
  it('says who has an account, how they came and which one is mine', async () => {
    show(<TeamPage />)
    expect((await row('Ana')).getByText('(you)')).toBeVisible()
    expect((await row('Ben')).getByText(/invited by Ana/)).toBeVisible()
    expect((await row('Ben')).getByText(/not signed in/)).toBeVisible()
  })

  it('makes a link to send, and shows it whole', async () => {
    const roles: unknown[] = []
    server.use(
      http.post('*/api/v1/team/invitations', async ({ request }) => {
        roles.push(await request.json())
        return good(LINK)
      }),
    )
    const { user } = show(<TeamPage />)
    await user.selectOptions(await screen.findByLabelText('Role'), 'viewer')
    await user.click(screen.getByRole('button', { name: 'Make a link' }))
    const link = await screen.findByLabelText('Send this link to your colleague')
    expect(link).toHaveValue(`${window.location.origin}/join#token=abc`)
    expect(roles).toEqual([{ role: 'viewer' }])
  })

  it('changes a role, keeps somebody out and lets them in again', async () => {
    const { user } = show(<TeamPage />)
    await user.selectOptions(await screen.findByLabelText('Role of Ben'), 'viewer')
    await user.click(await (await row('Ben')).findByRole('button', { name: 'Keep out' }))
    await user.click(await (await row('Ben')).findByRole('button', { name: 'Let in again' }))
    await waitFor(() =>
      expect(changes).toEqual([{ role: 'viewer' }, { disabled: true }, { disabled: false }]),
    )
  })

  it('says why a change was refused, beside whom it was about', async () => {
    server.use(http.put('*/api/v1/team/:id', () => refused(409, 'last_admin', 'This is the only admin.')))
    const { user } = show(<TeamPage />)
    await user.click((await row('Ana')).getByRole('button', { name: 'Keep out' }))
    expect(await (await row('Ana')).findByRole('alert')).toHaveTextContent('This is the only admin.')
  })

  it('gives a link to a new password', async () => {
    server.use(http.post('*/api/v1/team/ben/password-link', () => good(LINK)))
    const { user } = show(<TeamPage />)
    await user.click((await row('Ben')).getByRole('button', { name: 'Password link' }))
    expect(await screen.findByLabelText('Send this link to Ben')).toBeVisible()
  })

  it('advises whoever came in by a link to make an account of their own', async () => {
    server.use(http.get('*/api/v1/staff/me', () => good({ ...MEMBER, has_password: false })))
    show(<TeamPage />)
    expect(await screen.findByText(/Invite yourself as an admin/)).toBeVisible()
  })
})
