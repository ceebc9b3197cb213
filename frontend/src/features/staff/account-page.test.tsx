import { screen, waitFor } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { show } from '../../testing/render'
import { good, MEMBER, refused, restServer } from '../../testing/server'
import { AccountPage } from './account-page'
import { browserName } from './browser-name'
import type { StaffSession } from './team'

const server = restServer()
const HERE: StaffSession = {
  id: 'here',
  here: true,
  signed_by: 'password',
  address: '203.0.113.9',
  browser: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  started_at: '2026-03-30T12:00:00Z',
  seen_at: '2026-03-30T12:30:00Z',
  ends_at: '2026-03-31T00:00:00Z',
}
const THERE = { ...HERE, id: 'there', here: false, browser: 'curl/8' }
let ended: string[] = []

beforeEach(() => {
  ended = []
  const left = () => ({ items: [HERE, THERE].filter((one) => !ended.includes(one.id)) })
  server.use(
    http.get('*/api/v1/staff/me/sessions', () => good(left())),
    http.delete('*/api/v1/staff/me/sessions/:id', ({ params }) => {
      ended.push(String(params.id))
      return good(left())
    }),
    http.delete('*/api/v1/staff/me/sessions', () => {
      ended.push('there')
      return good(left())
    }),
  )
})

describe('one’s own account', () => {
  it('says who one is and where one is signed in, and signs another browser out', async () => {
    const { user } = show(<AccountPage />)
    expect(await screen.findByText(/sets up APIs, agents and accounts/)).toBeVisible()
    expect(await screen.findByText('Firefox on Linux')).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Sign curl/8 out' }))
    await waitFor(() => expect(screen.queryByText('curl/8')).toBeNull())
    expect(ended).toEqual(['there'])
  })

  it('signs all other browsers out at once', async () => {
    const { user } = show(<AccountPage />)
    await user.click(await screen.findByRole('button', { name: 'Sign all other browsers out' }))
    await waitFor(() => expect(screen.queryByText('curl/8')).toBeNull())
  })

  it('changes the password for whoever knows the present one', async () => {
    server.use(
      http.put('*/api/v1/staff/me/password', async ({ request }) => {
        const form = (await request.json()) as { current?: string }
        return form.current === 'violet kettle'
          ? good(MEMBER)
          : refused(401, 'sign_in_failed', 'That is not your present password.')
      }),
    )
    const { user } = show(<AccountPage />)
    await user.type(await screen.findByLabelText('Present password'), 'another')
    await user.type(screen.getByLabelText('New password'), 'a fresh one, quite long{Enter}')
    expect(await screen.findByRole('alert')).toHaveTextContent('That is not your present password.')
    await user.clear(screen.getByLabelText('Present password'))
    await user.type(screen.getByLabelText('Present password'), 'violet kettle{Enter}')
    expect(await screen.findByText(/The password is set/)).toBeVisible()
    expect(screen.getByLabelText('New password')).toHaveValue('')
  })

  it('names browsers as people do', () => {
    expect(browserName('Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140 Safari/537 Edg/140')).toBe(
      'Edge on Windows',
    )
    expect(browserName('Mozilla/5.0 (iPhone; CPU iPhone OS 19) Safari/604')).toBe('Safari on iPhone')
    expect(browserName('')).toBe('An unnamed program')
  })
})
