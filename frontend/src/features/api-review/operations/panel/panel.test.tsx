import { act, screen, waitFor, within } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { good, refused, restServer } from '../../../../testing/server'
import { giveHeight, openPanel, ReviewServer } from '../../review/test-server'
import { READ } from '../../fixtures'

const rest = restServer()
let server: ReviewServer

beforeEach(() => {
  giveHeight()
  server = new ReviewServer(rest)
})

describe('the side panel', () => {
  it('sends only what was changed', async () => {
    const { user, dialog } = await openPanel('Cancel an order')
    expect(within(dialog).getByRole('button', { name: 'Save' })).toBeDisabled()
    await user.click(within(dialog).getByRole('radio', { name: /^Destructive/ }))
    await user.selectOptions(within(dialog).getByLabelText('Where id comes from'), 'identity')
    await user.click(within(dialog).getByRole('button', { name: 'Save' }))
    expect(await within(dialog).findByText('Saved.')).toBeVisible()
    expect(server.changes).toEqual([
      { revision: 1, access: 'destructive', customer_params: [], bound: { customer_id: 'sub', id: 'sub' } },
    ])
  })

  it('saves and goes on', async () => {
    const { user, dialog } = await openPanel('Cancel an order', '?group=none')
    await user.clear(within(dialog).getByLabelText('Title'))
    await user.type(within(dialog).getByLabelText('Title'), 'Stop an order')
    await user.click(within(dialog).getByRole('button', { name: 'Save and next' }))
    expect(await screen.findByRole('dialog', { name: 'Delete a customer' })).toBeVisible()
    expect(server.find(1).title).toBe('Stop an order')
  })

  it('is not left with something unsaved in it before a question', async () => {
    const { user, dialog } = await openPanel('Cancel an order')
    await user.click(within(dialog).getByRole('radio', { name: /^Destructive/ }))
    await user.keyboard('{Escape}')
    const question = await screen.findByRole('dialog', { name: 'Leave without saving?' })
    await user.keyboard('{Escape}')
    await waitFor(() => expect(question).not.toBeInTheDocument())
    expect(within(dialog).getByRole('radio', { name: /^Destructive/ })).toBeChecked()
    await user.click(within(dialog).getAllByRole('button', { name: 'Next' })[0] ?? dialog)
    await user.click(await screen.findByRole('button', { name: 'Keep it' }))
    expect(within(dialog).getByRole('radio', { name: /^Destructive/ })).toBeChecked()
    await user.click(within(dialog).getAllByRole('button', { name: 'Next' })[0] ?? dialog)
    await user.click(await screen.findByRole('button', { name: 'Discard the change' }))
    expect(await screen.findByRole('dialog', { name: 'Delete a customer' })).toBeVisible()
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(server.changes).toEqual([])
  })

  it('is not left by the way back, or a closed window, with something unsaved in it before a question', async () => {
    const { user, dialog, router } = await openPanel('Cancel an order')
    expect(windowMayClose()).toBe(true)
    await user.click(within(dialog).getByRole('radio', { name: /^Destructive/ }))
    expect(windowMayClose()).toBe(false)
    act(() => void router.navigate('/somewhere'))
    await user.click(await screen.findByRole('button', { name: 'Keep it' }))
    expect(within(dialog).getByRole('radio', { name: /^Destructive/ })).toBeChecked()
    act(() => void router.navigate('/somewhere'))
    await user.click(await screen.findByRole('button', { name: 'Discard the change' }))
    expect(await screen.findByText('another page')).toBeVisible()
    expect(server.changes).toEqual([])
  })

  it('shows what somebody else did, and applies the edit to it on demand', async () => {
    const { user, dialog } = await openPanel('Cancel an order')
    server.editByColleague(1, { consent: 'operator' })
    await user.click(within(dialog).getByRole('radio', { name: /^Destructive/ }))
    await user.click(within(dialog).getByRole('button', { name: 'Save' }))
    const conflict = await within(dialog).findByRole('alert')
    expect(conflict).toHaveTextContent('grace edited this meanwhile.')
    expect(conflict).toHaveTextContent('consentCustomer → Operator')
    expect(conflict).toHaveTextContent('accessWrite → Destructive')
    await user.click(within(conflict).getByRole('button', { name: 'Apply mine to theirs' }))
    await waitFor(() => expect(server.find(1)).toMatchObject({ access: 'destructive', consent: 'operator' }))
    expect(server.changes.at(-1)).toEqual({ revision: 2, access: 'destructive' })
    await waitFor(() => expect(within(dialog).queryByRole('alert')).toBeNull())
  })

  it('lets the other one have it', async () => {
    const { user, dialog } = await openPanel('Cancel an order')
    server.editByColleague(1, { access: 'read' })
    await user.click(within(dialog).getByRole('radio', { name: /^Destructive/ }))
    await user.click(within(dialog).getByRole('button', { name: 'Save' }))
    await user.click(await within(dialog).findByRole('button', { name: 'Keep theirs' }))
    expect(within(dialog).getByRole('radio', { name: /^Read/ })).toBeChecked()
    expect(server.find(1).access).toBe('read')
  })

  it('says why an edit was refused, and keeps what was entered', async () => {
    rest.use(
      http.put('*/classifications/:idx', () =>
        refused(422, 'edit_refused', 'That cannot be an agent’s name.'),
      ),
    )
    const { user, dialog } = await openPanel('Cancel an order')
    await user.type(within(dialog).getByLabelText('Agent'), '!')
    await user.click(within(dialog).getByRole('button', { name: 'Save' }))
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('cannot be an agent’s name')
    expect(within(dialog).getByLabelText('Agent')).toHaveValue('orders!')
  })

  it('tries a read, and shows what was sent and what came back', async () => {
    const tried: unknown[] = []
    rest.use(
      http.post('*/classifications/0/try', async ({ request }) => {
        tried.push(await request.json())
        return good({
          request: { method: 'GET', url: 'https://shop.example/orders/1042' },
          status: 200,
          response: { id: 1042, status: 'sent' },
          summary: 'Order 1042.',
          error: null,
          duration_ms: 12,
        })
      }),
    )
    const args = [{ name: 'id', place: 'path', required: true, type: 'integer', description: '' }]
    server.operations = [{ ...READ, arguments: args }]
    const { user, dialog } = await openPanel('Show an order')
    await user.click(within(dialog).getByRole('button', { name: 'Call it' }))
    expect(within(dialog).getByText('Please fill this in.')).toBeVisible()
    await user.type(within(dialog).getByLabelText(/^Id/), '1042')
    await user.click(within(dialog).getByRole('button', { name: 'Call it' }))
    expect(await within(dialog).findByText('Status 200')).toBeVisible()
    expect(tried).toEqual([{ args: { id: 1042 } }])
    expect(within(dialog).getByRole('region', { name: 'What was sent' })).toHaveTextContent('orders/1042')
    expect(within(dialog).getByRole('region', { name: 'What came back' })).toHaveTextContent('sent')
  })

  it('does not offer to try a write', async () => {
    const { dialog } = await openPanel('Cancel an order')
    expect(within(dialog).queryByRole('button', { name: 'Call it' })).toBeNull()
  })
})

/** Whether the browser would close the window without asking. */
function windowMayClose(): boolean {
  return window.dispatchEvent(new Event('beforeunload', { cancelable: true }))
}
