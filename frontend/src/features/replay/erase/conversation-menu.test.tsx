import { screen, waitFor, within } from '@testing-library/react'
import { http } from 'msw'
import { describe, expect, it } from 'vitest'
import { refused } from '../../../testing/server'
import { openPage, replayServer } from '../page/test-server'
import { REPLAY, ROW } from '../fixtures'

const { state, server } = replayServer()

describe('keeping and forgetting', () => {
  it('offers the conversation as a file', async () => {
    const { user } = openPage()
    await user.click(await screen.findByRole('button', { name: 'Keep' }))
    const json = await screen.findByRole('link', { name: /JSON/ })
    expect(json).toHaveAttribute('href', '/api/v1/replay/t1/export.json')
  })

  it('redacts after saying what goes and what stays, and shows that it did', async () => {
    const { user } = openPage()
    await user.click(await screen.findByRole('button', { name: 'Keep' }))
    await user.click(await screen.findByRole('button', { name: 'Redact…' }))
    const dialog = await screen.findByRole('dialog', { name: 'Redact this conversation?' })
    expect(dialog).toHaveTextContent(/Goes, for good.*every message/)
    expect(dialog).toHaveTextContent(/Stays.*tokens, cost/)
    await user.type(within(dialog).getByLabelText(/Why/), 'Request 12')
    await user.click(within(dialog).getByRole('button', { name: 'Redact it' }))
    expect(await screen.findByText(/was taken out/)).toBeVisible()
    expect(state.sent).toEqual([['POST', '/api/v1/replay/t1/redact', { reason: 'Request 12' }]])
  })

  it('deletes after asking, and goes back to the list', async () => {
    const { user, router } = openPage()
    await user.click(await screen.findByRole('button', { name: 'Keep' }))
    await user.click(await screen.findByRole('button', { name: 'Delete…' }))
    await user.click(await screen.findByRole('button', { name: 'Delete it' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/replay'))
    expect(state.sent).toEqual([['DELETE', '/api/v1/conversations/t1', null]])
  })

  it('says why it could not be deleted', async () => {
    server.use(
      http.delete('*/api/v1/conversations/t1', () => refused(409, 'conversation_busy', 'It still goes on.')),
    )
    const { user } = openPage()
    await user.click(await screen.findByRole('button', { name: 'Keep' }))
    await user.click(await screen.findByRole('button', { name: 'Delete…' }))
    await user.click(await screen.findByRole('button', { name: 'Delete it' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('It still goes on.')
  })

  it('says of a redacted conversation that it is one, and redacts it no second time', async () => {
    state.replay = { ...REPLAY, redacted_at: ROW.last_at, conversation: { ...ROW, redacted_at: ROW.last_at } }
    const { user } = openPage()
    expect(await screen.findByText(/^Redacted .*taken out/)).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Keep' }))
    expect(await screen.findByRole('button', { name: 'Redacted already' })).toBeDisabled()
  })
})
