import { screen, waitFor, within } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { show } from '../../../testing/render'
import { good, refused, restServer } from '../../../testing/server'
import { AgentsPage } from '../agents/agents-page'
import { giveHeight, openJob, ReviewServer } from './test-server'
import { api, AT, scheme } from '../fixtures'
import type { Agent } from '../types'

const rest = restServer()
let server: ReviewServer
let sent: unknown[]

beforeEach(() => {
  giveHeight()
  server = new ReviewServer(rest)
  sent = []
})

function open(tab: string) {
  return openJob(`?tab=${tab}`)
}

describe('the connection', () => {
  beforeEach(() => {
    server.api = api({
      schemes: [scheme(), scheme({ name: 'login', kind: 'basic', set: true, set_at: AT, set_by: 'ada' })],
    })
    rest.use(
      http.put('*/api/v1/apis/a1', async ({ request }) => {
        sent.push(await request.json())
        return good((server.api = { ...server.api, base_url: 'https://new.example' }))
      }),
      http.put('*/api/v1/apis/a1/credentials/:scheme', async ({ request, params }) => {
        sent.push([params.scheme, await request.json()])
        const schemes = server.api.schemes.map((one) => ({ ...one, set: true, set_at: AT, set_by: 'ada' }))
        return good((server.api = { ...server.api, schemes }))
      }),
      http.delete('*/api/v1/apis/a1/credentials/:scheme', ({ params }) => {
        sent.push(['removed', params.scheme])
        return good((server.api = api({ schemes: [scheme({ name: 'login', kind: 'basic' })] })))
      }),
    )
  })

  it('takes another address and other limits, and says what is wrong with them first', async () => {
    const { user } = open('connection')
    const address = await screen.findByLabelText('Base address')
    await user.clear(screen.getByLabelText('At the same time'))
    await user.type(screen.getByLabelText('At the same time'), '1.5')
    expect(screen.getByText('Please write a whole number.')).toBeVisible()
    const form = screen.getByRole('form', { name: 'Address and limits' })
    expect(within(form).getByRole('button', { name: 'Save' })).toBeDisabled()
    await user.clear(screen.getByLabelText('At the same time'))
    await user.type(screen.getByLabelText('At the same time'), '8')
    await user.clear(address)
    await user.type(address, 'https://new.example')
    await user.click(within(form).getByRole('button', { name: 'Save' }))
    expect(await within(form).findByText('Saved.')).toBeVisible()
    expect(sent).toEqual([{ base_url: 'https://new.example', limits: api().limits }])
  })

  it('takes a key once and never shows it again', async () => {
    const { user } = open('connection')
    const card = await screen.findByRole('region', { name: 'key' })
    expect(card).toHaveTextContent('A key in the header “X-Api-Key”')
    await user.click(within(card).getByRole('button', { name: 'Set' }))
    const input = within(card).getByLabelText(/^Key/)
    expect(input).toHaveAttribute('type', 'password')
    expect(within(card).getByRole('button', { name: 'Store' })).toBeDisabled()
    await user.type(input, 'very-secret')
    await user.click(within(card).getByRole('button', { name: 'Store' }))
    await waitFor(() => expect(card).toHaveTextContent('Set by ada'))
    expect(sent).toEqual([['key', { value: 'very-secret' }]])
    expect(within(card).queryByLabelText(/^Key/)).toBeNull()
    await user.click(within(card).getByRole('button', { name: 'Replace' }))
    expect(within(card).getByLabelText(/^Key/)).toHaveValue('')
  })

  it('takes credentials away', async () => {
    const { user } = open('connection')
    const card = await screen.findByRole('region', { name: 'login' })
    expect(card).toHaveTextContent('Set by ada')
    await user.click(within(card).getByRole('button', { name: 'Remove' }))
    await waitFor(() => expect(card).not.toHaveTextContent('by ada'))
    expect(sent).toEqual([['removed', 'login']])
  })

  it('says why credentials were refused, and keeps the form', async () => {
    rest.use(
      http.put('*/credentials/:scheme', () => refused(422, 'scheme_unknown', 'There is no such scheme.')),
    )
    const { user } = open('connection')
    const card = await screen.findByRole('region', { name: 'key' })
    await user.click(within(card).getByRole('button', { name: 'Set' }))
    await user.type(within(card).getByLabelText(/^Key/), 'x{Enter}')
    expect(await within(card).findByRole('alert')).toHaveTextContent('There is no such scheme.')
  })
})

describe('the agents of an import', () => {
  it('are renamed and told how to speak', async () => {
    rest.use(
      http.put('*/openapi/jobs/j1/agents/orders', async ({ request }) => {
        sent.push(await request.json())
        server.agents = server.agents.map((agent) => ({ ...agent, name: 'sales', title: 'Sales' }))
        return good({ items: server.agents })
      }),
    )
    const { user } = open('agents')
    const card = await screen.findByRole('region', { name: 'Orders' })
    expect(card).toHaveTextContent('2 operations · reads and writes · new')
    await user.click(within(card).getByRole('button', { name: 'Edit' }))
    for (const [label, text] of [
      ['Name', 'sales'],
      ['Title', 'Sales'],
    ] as const) {
      await user.clear(within(card).getByLabelText(label))
      await user.type(within(card).getByLabelText(label), text)
    }
    await user.click(within(card).getByRole('button', { name: 'Save' }))
    expect(await screen.findByRole('region', { name: 'Sales' })).toBeVisible()
    expect(sent).toEqual([
      {
        title: 'Sales',
        description: 'Looks after orders.',
        tone: 'friendly',
        instructions: '',
        new_name: 'sales',
      },
    ])
  })

  it('are only shown once the import is approved', async () => {
    server.job = { ...server.job, status: 'approved' }
    open('agents')
    const card = await screen.findByRole('region', { name: 'Orders' })
    expect(within(card).queryByRole('button', { name: 'Edit' })).toBeNull()
  })
})

describe('the live agents', () => {
  const AGENT: Agent = {
    name: 'order_lookup',
    description: 'Looks up orders.',
    permission: 'read',
    tools: ['get_order', 'list_orders'],
    model: null,
    personality: { tone: 'brief', greeting: '', escalation_message: '' },
    instructions: '',
    max_steps: null,
    examples: [],
    fallback: false,
    off: false,
    source: 'file',
    version: 2,
  }

  beforeEach(() => {
    rest.use(
      http.get('*/api/v1/agents', () => good({ items: [AGENT] })),
      http.get('*/api/v1/agents/order_lookup/versions', () =>
        good({
          items: [
            { version: 2, spec: { tone: 'brief' }, import_id: null, created_at: AT, created_by: 'ada' },
            { version: 1, spec: { tone: 'long' }, import_id: 'j1', created_at: AT, created_by: 'grace' },
          ],
        }),
      ),
      http.put('*/api/v1/agents/order_lookup', async ({ request }) => {
        sent.push(await request.json())
        return good(AGENT)
      }),
    )
  })

  it('are changed in what was edited only', async () => {
    const { user } = show(<AgentsPage />, { at: '/apis/agents' })
    const card = await screen.findByRole('region', { name: 'Order lookup' })
    expect(card).toHaveTextContent('only reads · 2 tools · from agents.yaml')
    await user.click(within(card).getByRole('button', { name: 'Edit' }))
    await user.type(within(card).getByLabelText('Instructions'), 'Never guess.')
    await user.type(within(card).getByLabelText('Steps for one request'), '4')
    await user.click(within(card).getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(sent).toEqual([{ instructions: 'Never guess.', max_steps: 4 }]))
    expect(await within(card).findByRole('button', { name: 'Edit' })).toBeVisible()
  })

  it('show what they were before', async () => {
    const { user } = show(<AgentsPage />, { at: '/apis/agents' })
    await user.click(await screen.findByText('Version 2, and what was before'))
    expect(await screen.findByText('tone: long')).toBeVisible()
    expect(screen.getByText(/by grace, with an approval/)).toBeVisible()
  })
})
