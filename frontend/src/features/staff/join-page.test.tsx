import { screen, waitFor } from '@testing-library/react'
import { http } from 'msw'
import { describe, expect, it } from 'vitest'
import { show } from '../../testing/render'
import { good, refused, restServer } from '../../testing/server'
import { JoinPage } from './join-page'

const server = restServer()

function takes(answer: () => Response) {
  const sent: unknown[] = []
  server.use(
    http.post('*/api/v1/staff/join', async ({ request }) => {
      sent.push(await request.json())
      return answer()
    }),
  )
  return sent
}

describe('the page that an invitation opens', () => {
  it('takes a name and a password and leads inside', async () => {
    const sent = takes(() => good({ staff: true }))
    const { user } = show(<JoinPage />, { at: '/join#token=abc', path: '/join' })
    await user.type(screen.getByLabelText('Your name'), ' Ben ')
    await user.type(screen.getByLabelText('New password'), 'violet kettle')
    await user.click(screen.getByRole('button', { name: 'Join' }))
    expect(await screen.findByText('the approvals page')).toBeVisible()
    expect(sent).toEqual([{ token: 'abc', name: 'Ben', password: 'violet kettle' }])
  })

  it('keeps what was typed where it was refused, and says why', async () => {
    takes(() => refused(422, 'password_refused', 'This password would be guessed.'))
    const { user } = show(<JoinPage />, { at: '/join#token=abc', path: '/join' })
    await user.type(screen.getByLabelText('Your name'), 'Ben')
    await user.type(screen.getByLabelText('New password'), 'password1234{Enter}')
    expect(await screen.findByRole('alert')).toHaveTextContent('This password would be guessed.')
    expect(screen.getByLabelText('Your name')).toHaveValue('Ben')
  })

  it('asks a known colleague for a new password alone', async () => {
    const sent = takes(() => good({ staff: true }))
    const { user } = show(<JoinPage />, { at: '/join#token=abc&renews', path: '/join' })
    expect(screen.queryByLabelText('Your name')).toBeNull()
    await user.type(screen.getByLabelText('New password'), 'violet kettle{Enter}')
    await waitFor(() => expect(sent).toEqual([{ token: 'abc', password: 'violet kettle' }]))
  })

  it('says that half a link is not enough', () => {
    show(<JoinPage />, { at: '/join', path: '/join' })
    expect(screen.getByText(/Copy the whole link/)).toBeVisible()
  })
})
