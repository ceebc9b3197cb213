import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { delay, http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { good, refused, restServer } from '../../../testing/server'
import { giveHeight, line, openJob, openPanel, ReviewServer } from '../review/test-server'
import { WRITE } from '../fixtures'

const rest = restServer()
let server: ReviewServer

beforeEach(() => {
  giveHeight()
  server = new ReviewServer(rest)
})

/** A gate that the test opens: until then, the server has not answered. */
function gate() {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { open, opened }
}

describe('a switch in the list', () => {
  const enable = async () =>
    within(await line('Cancel an order')).getByRole('switch', { name: 'Enable Cancel an order' })

  it('turns at once, however slow the server is', async () => {
    const { open, opened } = gate()
    rest.use(
      http.put('*/classifications/1', async () => {
        await opened
        return good({ ...WRITE, enabled: false, revision: 2 })
      }),
    )
    const { user } = openJob()
    await user.click(await enable())
    expect(await enable()).not.toBeChecked()
    open()
    await waitFor(async () => expect(await line('Cancel an order')).toBeVisible())
    expect(await enable()).not.toBeChecked()
  })

  it('that is refused turns back and says so', async () => {
    rest.use(
      http.put('*/classifications/1', () =>
        refused(503, 'unavailable', 'The server is not running right now.'),
      ),
    )
    const { user } = openJob()
    await user.click(await enable())
    const row = await line('Cancel an order')
    expect(await within(row).findByRole('alert')).toHaveTextContent(
      'Not saved: The server is not running right now.',
    )
    expect(await enable()).toBeChecked()
  })

  it('shows what somebody else made of it, where they were faster', async () => {
    const { user } = openJob()
    await enable()
    server.editByColleague(1, { consent: 'operator' })
    await user.click(await enable())
    expect(await screen.findByText(/Somebody else edited this/)).toBeInTheDocument()
    expect(await line('Cancel an order')).toHaveTextContent('Operator')
    expect(await enable()).toBeChecked()
    expect(server.find(1).enabled).toBe(true)
    // Seen as it is now, it can be switched.
    await user.click(await enable())
    await waitFor(() => expect(server.find(1).enabled).toBe(false))
    await waitFor(() => expect(screen.queryByText(/Somebody else edited this/)).toBeNull())
  })

  it('twice in a row ends as it was asked last', async () => {
    rest.use(
      http.put('*/classifications/1', async () => {
        await delay(30)
        return undefined // the import's own server answers
      }),
    )
    const { user } = openJob()
    await user.click(await enable())
    await user.click(await enable())
    await waitFor(() => expect(server.requests).toHaveLength(2))
    await waitFor(() => expect(server.find(1)).toMatchObject({ enabled: true, revision: 3 }))
    expect(await enable()).toBeChecked()
    expect(screen.queryByRole('alert')).toBeNull()
  })
})

describe('an edit of many', () => {
  it('cannot be given a second time before it is over, and is taken back where it failed', async () => {
    const { open, opened } = gate()
    rest.use(
      http.post('*/classifications/edit', async () => {
        await opened
        return refused(500, 'internal_error', 'Something went wrong. Try again.')
      }),
    )
    const { user } = openJob()
    await line('Cancel an order')
    await user.click(screen.getByRole('checkbox', { name: 'Select Cancel an order' }))
    await user.selectOptions(screen.getByLabelText('Set access of the selected'), 'destructive')
    expect(await line('Cancel an order')).toHaveTextContent('Destructive')
    expect(screen.getByText('Saving…')).toBeVisible()
    for (const name of ['Enable', 'Disable']) expect(screen.getByRole('button', { name })).toBeDisabled()
    open()
    expect(await screen.findByText('Something went wrong. Try again.')).toBeVisible()
    expect(await line('Cancel an order')).not.toHaveTextContent('Destructive')
    expect(screen.getByText('1 operation selected')).toBeVisible()
    expect(screen.getByRole('button', { name: 'Disable' })).toBeEnabled()
  })
})

describe('the side panel', () => {
  it('sends an edit once, however often it is sent off', async () => {
    const { open, opened } = gate()
    let sent = 0
    rest.use(
      http.put('*/classifications/1', async () => {
        sent += 1
        await opened
        return good({ ...WRITE, access: 'destructive', revision: 2 })
      }),
    )
    const { user, dialog } = await openPanel('Cancel an order')
    await user.click(within(dialog).getByRole('radio', { name: /^Destructive/ }))
    await user.dblClick(within(dialog).getByRole('button', { name: 'Save' }))
    fireEvent.submit(within(dialog).getByRole('form', { name: 'Labels' }))
    await waitFor(() => expect(sent).toBe(1))
    const form = within(dialog).getByRole('form', { name: 'Labels' })
    for (const name of ['Save', 'Next']) expect(within(form).getByRole('button', { name })).toBeDisabled()
    open()
    expect(await within(dialog).findByText('Saved.')).toBeVisible()
    expect(sent).toBe(1)
  })

  it('says again where somebody was faster a second time', async () => {
    const { user, dialog } = await openPanel('Cancel an order')
    server.editByColleague(1, { consent: 'operator' })
    await user.click(within(dialog).getByRole('radio', { name: /^Destructive/ }))
    await user.click(within(dialog).getByRole('button', { name: 'Save' }))
    server.editByColleague(1, { consent: 'both' })
    await user.click(await within(dialog).findByRole('button', { name: 'Apply mine to theirs' }))
    await waitFor(() => expect(within(dialog).getByRole('alert')).toHaveTextContent('Operator → Both'))
    expect(server.find(1)).toMatchObject({ access: 'write', consent: 'both' })
    await user.click(within(dialog).getByRole('button', { name: 'Apply mine to theirs' }))
    await waitFor(() => expect(server.find(1)).toMatchObject({ access: 'destructive', consent: 'both' }))
  })
})
