import { screen, waitFor, within } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { show } from '../../../testing/render'
import { good, refused, restServer } from '../../../testing/server'
import { AgentsPage } from '../agents/agents-page'
import { giveHeight, line, openJob, ReviewServer } from './test-server'
import { api, AT, job, scheme } from '../fixtures'
import type { Agent } from '../types'

const rest = restServer()
let server: ReviewServer
let sent: unknown[]

beforeEach(() => {
  giveHeight()
  server = new ReviewServer(rest)
  sent = []
})

describe('the approval', () => {
  async function ask() {
    const { user, ...shown } = openJob()
    await line('Cancel an order')
    await user.click(screen.getByRole('button', { name: 'Approve…' }))
    return { user, dialog: await screen.findByRole('dialog'), ...shown }
  }

  it('is given once, however often it is clicked', async () => {
    let open: () => void = () => undefined
    const opened = new Promise<void>((resolve) => (open = resolve))
    rest.use(
      http.post('*/approve', async ({ request }) => {
        sent.push(await request.json())
        await opened
        return good((server.job = { ...server.job, status: 'approved', approved_at: AT, approved_by: 'ada' }))
      }),
    )
    const { user, dialog } = await ask()
    await user.dblClick(within(dialog).getByRole('button', { name: 'Approve 2 tools' }))
    await user.keyboard('{Enter}')
    open()
    expect(await screen.findByText(/2 tools are live/)).toBeVisible()
    expect(sent).toEqual([{ revision: 7 }])
  })

  it('is of what was seen: a change meanwhile has to be looked at first', async () => {
    const { dialog, user, queries } = await ask()
    server.editByColleague(0, { enabled: false })
    await queries.invalidateQueries({ queryKey: ['imports', 'j1'] })
    expect(await within(dialog).findByText(/Somebody changed something while this was open/)).toBeVisible()
    const approve = within(dialog).getByRole('button', { name: /^Approve/ })
    expect(approve).toBeDisabled()
    await user.click(within(dialog).getByRole('button', { name: 'Not yet' }))
    await user.click(screen.getByRole('button', { name: 'Approve…' }))
    await user.click(await screen.findByRole('button', { name: 'Approve 1 tool' }))
    expect(await screen.findByText(/1 tool is live/)).toBeVisible()
    expect(server.changes).toEqual([{ revision: 8 }])
  })

  it('without an address leads to where it is entered', async () => {
    rest.use(http.post('*/approve', () => refused(422, 'base_url_missing', 'The document names no address.')))
    const { user, dialog, router } = await ask()
    await user.click(within(dialog).getByRole('button', { name: 'Approve 2 tools' }))
    await user.click(await within(dialog).findByRole('link', { name: 'Enter the base address' }))
    expect(router.state.location.search).toBe('?tab=connection')
    expect(await screen.findByLabelText('Base address')).toBeVisible()
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })

  it('of nothing at all cannot be given', async () => {
    server.operations = server.operations.map((operation) => ({ ...operation, enabled: false }))
    const { dialog } = await ask()
    expect(within(dialog).getByRole('button', { name: 'Approve 0 tools' })).toBeDisabled()
  })
})

it('an import that is still at work is not discarded, and the question stays open to say why', async () => {
  rest.use(http.delete('*/openapi/jobs/j1', () => refused(409, 'import_busy', 'It is being approved.')))
  const { user, router } = openJob()
  await user.click(await screen.findByRole('button', { name: 'Discard' }))
  const dialog = await screen.findByRole('dialog')
  await user.click(within(dialog).getByRole('button', { name: 'Discard' }))
  expect(await within(dialog).findByRole('alert')).toHaveTextContent('It is being approved.')
  expect(router.state.location.pathname).toBe('/apis/jobs/j1')
  await user.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(await line('Cancel an order')).toBeVisible()
})

it('credentials whose removal failed are still said to be set', async () => {
  server.api = api({
    schemes: [scheme({ name: 'login', kind: 'basic', set: true, set_at: AT, set_by: 'ada' })],
  })
  rest.use(http.delete('*/credentials/login', () => refused(409, 'credentials_in_use', 'A call uses them.')))
  const { user } = openJob('?tab=connection')
  const card = await screen.findByRole('region', { name: 'login' })
  await user.click(within(card).getByRole('button', { name: 'Remove' }))
  expect(await within(card).findByRole('alert')).toHaveTextContent('A call uses them.')
  expect(card).toHaveTextContent('Set by ada')
})

it('an agent whose new name is refused keeps what was entered', async () => {
  rest.use(
    http.put('*/openapi/jobs/j1/agents/orders', () =>
      refused(422, 'edit_refused', 'An agent of that name is live already.'),
    ),
  )
  const { user } = openJob('?tab=agents')
  const card = await screen.findByRole('region', { name: 'Orders' })
  await user.click(within(card).getByRole('button', { name: 'Edit' }))
  await user.type(within(card).getByLabelText('Name'), '_2')
  await user.click(within(card).getByRole('button', { name: 'Save' }))
  expect(await within(card).findByRole('alert')).toHaveTextContent('is live already')
  expect(within(card).getByLabelText('Name')).toHaveValue('orders_2')
})

it('an import that fails to load is asked for again on demand', async () => {
  server.job = job()
  rest.use(
    http.get('*/classifications', () => refused(503, 'unavailable', 'Not running right now.'), {
      once: true,
    }),
  )
  const { user } = openJob()
  expect(await screen.findByRole('alert')).toHaveTextContent('Not running right now.')
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await line('Cancel an order')).toBeVisible()
})

describe('the steps of a live agent', () => {
  const AGENT = {
    name: 'order_lookup',
    description: 'Looks up orders.',
    permission: 'read',
    tools: [],
    model: null,
    personality: { tone: '', greeting: '', escalation_message: '' },
    instructions: '',
    max_steps: 4,
    examples: [],
    fallback: false,
    off: false,
    source: 'file',
    version: 0,
  } satisfies Agent

  async function edit() {
    rest.use(
      http.get('*/api/v1/agents', () => good({ items: [AGENT] })),
      http.put('*/api/v1/agents/order_lookup', async ({ request }) => {
        sent.push(await request.json())
        return good(AGENT)
      }),
    )
    const { user } = show(<AgentsPage />, { at: '/apis/agents' })
    await user.click(await screen.findByRole('button', { name: 'Edit' }))
    const steps = screen.getByLabelText('Steps for one request')
    await user.clear(steps)
    return { user, steps }
  }

  it('go back to the usual number where they are taken out', async () => {
    const { user } = await edit()
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(sent).toEqual([{ max_steps: null }]))
  })

  it.each(['many', '0', '1.5', '-2'])('are not sent off as "%s"', async (written) => {
    const { user, steps } = await edit()
    await user.type(steps, written)
    expect(screen.getByText('Please write a whole number above zero.')).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(sent).toEqual([])
    expect(steps).toHaveValue(written)
  })
})
