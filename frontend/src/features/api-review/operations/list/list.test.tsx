import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { restServer } from '../../../../testing/server'
import { giveHeight, line, openJob, ReviewServer, titles } from '../../review/test-server'
import { WRITE } from '../../fixtures'

const rest = restServer()
let server: ReviewServer

beforeEach(() => {
  giveHeight()
  server = new ReviewServer(rest)
})

describe('the list of operations', () => {
  it('says of each what it does, who consents, where values come from, how sure that is and what it costs', async () => {
    openJob()
    const row = await line('Cancel an order')
    for (const word of ['POST', '/orders/{id}/cancel', 'Write', 'Customer', 'customer_id', '80 %', '200']) {
      expect(row).toHaveTextContent(word)
    }
    expect(await line('Delete a customer')).toHaveTextContent('in doubt')
    expect(screen.getByRole('row', { name: /Orders.*1 write and 1 destructive/ })).toBeVisible()
  })

  it('says why, on demand', async () => {
    const { user } = openJob()
    const row = await line('Show an order')
    expect(row).not.toHaveTextContent('GET should only read.')
    await user.click(within(row).getByRole('button', { name: /^Why/ }))
    expect(await line('Show an order')).toHaveTextContent('GET should only read. → read')
  })

  it('is searched and filtered, and the address keeps it', async () => {
    const { user, router } = openJob()
    await line('Cancel an order')
    await user.type(screen.getByLabelText('Search operations'), 'post cancel')
    await waitFor(() => expect(screen.getByText(/^1 of 3 operations/)).toBeVisible())
    expect(router.state.location.search).toBe('?q=post+cancel')
    await user.click(screen.getByRole('button', { name: 'Show all' }))
    await user.selectOptions(screen.getByLabelText('Access'), 'destructive')
    await waitFor(() => expect(titles()).toEqual(['Delete a customer']))
    expect(router.state.location.search).toBe('?access=destructive')
  })

  it('begins as the address says', async () => {
    openJob('?only=doubt&group=none')
    await line('Delete a customer')
    expect(titles()).toEqual(['Delete a customer'])
    expect(screen.queryByRole('row', { name: /Orders/ })).toBeNull()
  })

  it('is put in order by risk', async () => {
    const { user } = openJob('?group=none')
    await line('Show an order')
    await user.selectOptions(screen.getByLabelText('Order'), 'risk')
    await waitFor(() => expect(titles()).toEqual(['Delete a customer', 'Cancel an order', 'Show an order']))
  })

  it('folds an agent away', async () => {
    const { user } = openJob()
    await line('Cancel an order')
    await user.click(screen.getByRole('button', { name: 'Orders' }))
    await waitFor(() => expect(titles()).toEqual(['Show an order']))
  })

  it('says so where nothing fits, and leads back', async () => {
    const { user } = openJob('?q=nothing+like+that')
    await user.click(await screen.findByRole('button', { name: 'Show all 3' }))
    expect(await line('Cancel an order')).toBeVisible()
  })

  it('lets an operation be switched off, at once and on the server', async () => {
    const { user } = openJob()
    const row = await line('Cancel an order')
    await user.click(within(row).getByRole('switch', { name: 'Enable Cancel an order' }))
    await waitFor(() => expect(server.changes).toEqual([{ revision: 1, enabled: false }]))
    expect(await line('Cancel an order')).toHaveTextContent('Edited')
  })

  it('warns of a write that asks nobody', async () => {
    server.operations = [{ ...WRITE, consent: 'nobody' }]
    openJob()
    expect(await line('Cancel an order')).toHaveTextContent('unasked')
  })
})

describe('the keyboard', () => {
  it('walks, selects and opens', async () => {
    const { user } = openJob('?group=none')
    await line('Show an order')
    await user.keyboard('jj')
    await waitFor(async () => expect(await line('Cancel an order')).toHaveFocus())
    await user.keyboard(' ')
    expect(await line('Cancel an order')).toHaveAttribute('aria-selected', 'true')
    await user.keyboard('k')
    await waitFor(async () => expect(await line('Show an order')).toHaveFocus())
    await user.keyboard('{Shift>} {/Shift}')
    expect(screen.getByText('2 operations selected')).toBeVisible()
    await user.keyboard('{Escape}')
    expect(screen.queryByText(/selected$/)).toBeNull()
    await user.keyboard('e')
    expect(await screen.findByRole('dialog', { name: 'Show an order' })).toBeVisible()
  })

  it('stays where it was when the panel is closed, and what was selected stays selected', async () => {
    const { user } = openJob('?group=none')
    await line('Show an order')
    await user.keyboard('jj e')
    const dialog = await screen.findByRole('dialog', { name: 'Cancel an order' })
    await user.keyboard('{Escape}')
    await waitFor(() => expect(dialog).not.toBeInTheDocument())
    await waitFor(async () => expect(await line('Cancel an order')).toHaveFocus())
    expect(screen.getByText('1 operation selected')).toBeVisible()
    await user.keyboard('j')
    await waitFor(async () => expect(await line('Delete a customer')).toHaveFocus())
  })

  it('belongs to the panel while something is written there', async () => {
    const { user } = openJob('?group=none')
    await line('Show an order')
    await user.keyboard('je')
    const dialog = await screen.findByRole('dialog', { name: 'Show an order' })
    await user.type(within(dialog).getByLabelText('Title'), ' jakew')
    expect(within(dialog).getByLabelText('Title')).toHaveValue('Show an order jakew')
    expect(screen.queryByText(/selected$/)).toBeNull()
    expect(await screen.findByRole('dialog', { name: 'Show an order' })).toBeVisible()
  })

  it('does not go beyond the ends, nor to what is filtered out', async () => {
    const { user } = openJob('?group=none&access=write')
    await line('Cancel an order')
    await user.keyboard('kjjj')
    await waitFor(async () => expect(await line('Cancel an order')).toHaveFocus())
    await user.keyboard('e')
    const dialog = await screen.findByRole('dialog', { name: 'Cancel an order' })
    expect(dialog).toHaveTextContent('1 of 1')
    expect(within(dialog).getByRole('button', { name: 'Previous' })).toBeDisabled()
    expect(within(dialog).getAllByRole('button', { name: 'Next' })[0]).toBeDisabled()
  })

  it('reaches the search, and explains itself', async () => {
    const { user } = openJob()
    await line('Show an order')
    await user.keyboard('/')
    expect(screen.getByLabelText('Search operations')).toHaveFocus()
    await user.keyboard('?')
    expect(screen.getByLabelText('Search operations')).toHaveValue('?')
    await user.tab()
    await user.keyboard('?')
    expect(await screen.findByText('these keys')).toBeVisible()
  })
})

describe('an edit of many', () => {
  it('is made for all that are shown, and told', async () => {
    const { user } = openJob('?q=order')
    await line('Cancel an order')
    await user.click(screen.getByRole('checkbox', { name: 'Select all 3' }))
    await user.selectOptions(screen.getByLabelText('Set consent of the selected'), 'both')
    expect(await screen.findByText('3 changed.')).toBeVisible()
    expect(server.changes).toEqual([
      { items: [0, 1, 2].map((idx) => ({ idx, revision: 1 })), set: { consent: 'both' } },
    ])
    expect(await line('Show an order')).toHaveTextContent('Both')
  })

  it('names what somebody else was faster with, and shows it as it is now', async () => {
    const { user } = openJob()
    await line('Cancel an order')
    server.editByColleague(1, { consent: 'operator' })
    await user.click(screen.getByRole('checkbox', { name: 'Select all of Orders' }))
    await user.click(screen.getByRole('button', { name: 'Enable' }))
    expect(await screen.findByText(/^1 changed. Not changed: Cancel an order/)).toBeVisible()
    await waitFor(async () => expect(await line('Cancel an order')).toHaveTextContent('Operator'))
    expect(screen.getByText('2 operations selected')).toBeVisible()
  })
})
