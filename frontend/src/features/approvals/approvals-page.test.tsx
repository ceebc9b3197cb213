import { screen, within } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { show } from '../../testing/render'
import { good, refused, restServer } from '../../testing/server'
import { ApprovalsPage } from './approvals-page'
import type { Action, Approval, Delivery } from './queries'

const server = restServer()
const AT = '2026-03-01T10:00:00Z'

const APPROVAL: Approval = {
  interrupt_id: 'i1',
  action_id: 'x1',
  thread_id: 't1',
  audience: 'operator',
  created_at: AT,
  expires_at: '2099-01-01T00:00:00Z',
  card: {
    type: 'interrupt',
    thread_id: 't1',
    interrupt_id: 'i1',
    action: 'refund',
    args: { amount: 500 },
    title: 'Refund 500 EUR',
    target: 'Demo shop',
    request: null,
    audience: 'operator',
    expires_at: '2099-01-01T00:00:00Z',
    agent: 'returns',
    call_id: 'c1',
    args_schema: null,
    at: null,
    edited_from: null,
    edited_by: null,
    given: [],
    access: 'write',
    seq: null,
  },
}

const ACTION: Action = {
  id: 'x2',
  thread_id: 't2',
  agent: 'orders',
  tool: 'cancel_order',
  title: 'Cancel order 1042',
  target: 'Demo shop',
  args: { order_id: 1042 },
  request: { method: 'POST' },
  status: 'unknown',
  outcome: null,
  created_at: AT,
  settled_at: null,
  settled_by: null,
  note: null,
}

const DEAD: Delivery = {
  id: 'd1',
  thread_id: 't3',
  kind: 'escalated',
  status: 'dead',
  attempts: 8,
  next_attempt_at: AT,
  last_error: 'connection refused',
  last_status: null,
  created_at: AT,
  delivered_at: null,
}

let lists: { approvals: unknown[]; actions: unknown[]; escalations: unknown[]; dead: unknown[] }
let posted: unknown[]

beforeEach(() => {
  lists = { approvals: [], actions: [], escalations: [], dead: [] }
  posted = []
  server.use(
    http.get('*/api/v1/interrupts', () => good({ items: lists.approvals, next: null })),
    http.get('*/api/v1/actions', () => good({ items: lists.actions, next: null })),
    http.get('*/api/v1/escalations', () =>
      good({ items: lists.escalations, next: null, dead_letters: lists.dead }),
    ),
    http.post('*/api/v1/*', async ({ request }) => {
      posted.push([new URL(request.url).pathname, await request.json().catch(() => null)])
      lists = { approvals: [], actions: [], escalations: [], dead: [] }
      return good({})
    }),
  )
})

describe('the approvals page', () => {
  it('says so where nothing waits', async () => {
    show(<ApprovalsPage />)
    expect(await screen.findByText(/Nothing waits for the support team/)).toBeVisible()
    expect(await screen.findByText(/has a known outcome/)).toBeVisible()
    expect(await screen.findByText(/No conversation has been handed over/)).toBeVisible()
  })

  it('lets staff decide, with a reason', async () => {
    lists.approvals = [APPROVAL]
    const { user } = show(<ApprovalsPage />)
    const card = await screen.findByRole('group', { name: 'Refund 500 EUR' })
    await user.click(within(card).getByRole('button', { name: /^Reject/ }))
    await user.type(within(card).getByLabelText(/Why not/), 'Too much{Enter}')
    expect(await screen.findByText(/Nothing waits for the support team/)).toBeVisible()
    expect(posted).toEqual([['/api/v1/interrupts/i1/decision', { approved: false, comment: 'Too much' }]])
  })

  it('says when somebody else was first', async () => {
    lists.approvals = [APPROVAL]
    server.use(
      http.post('*/api/v1/interrupts/i1/decision', () =>
        refused(409, 'interrupt_answered', 'This approval has already been answered.'),
      ),
    )
    const { user } = show(<ApprovalsPage />)
    await user.click(await screen.findByRole('button', { name: /^Approve/ }))
    expect(await screen.findByRole('alert')).toHaveTextContent('already been answered')
  })

  it('has an unknown outcome settled only with a note', async () => {
    lists.actions = [ACTION]
    const { user } = show(<ApprovalsPage />)
    const action = await screen.findByRole('article', { name: 'Cancel order 1042' })
    expect(within(action).getByRole('region', { name: 'What was sent' })).toHaveTextContent('POST')
    await user.click(within(action).getByRole('button', { name: 'It was done' }))
    expect(within(action).getByText('Please say how you found out.')).toBeVisible()
    expect(posted).toEqual([])
    await user.type(within(action).getByLabelText(/What did you find/), 'It is cancelled there.')
    await user.click(within(action).getByRole('button', { name: 'It was done' }))
    expect(await screen.findByText(/has a known outcome/)).toBeVisible()
    expect(posted).toEqual([
      ['/api/v1/actions/x2/settle', { outcome: 'succeeded', note: 'It is cancelled there.' }],
    ])
  })

  it('shows who was handed over, whether the webhook arrived, and sends a dead letter again', async () => {
    lists.escalations = [
      { thread_id: 't3', escalated_at: AT, status: 'open', reason: 'The customer asked', deliveries: [DEAD] },
      {
        thread_id: 't4',
        escalated_at: AT,
        status: 'open',
        reason: 'Too hard',
        deliveries: [
          { ...DEAD, id: 'd2', status: 'waiting', attempts: 1, last_status: 500, last_error: null },
        ],
      },
    ]
    lists.dead = [DEAD]
    const { user } = show(<ApprovalsPage />)
    expect(await screen.findByRole('article', { name: 'The customer asked' })).toHaveTextContent(
      'Webhook given up after 8 attempts: connection refused.',
    )
    expect(screen.getByRole('article', { name: 'Too hard' })).toHaveTextContent(
      '1 attempt so far: the receiver answered 500',
    )
    await user.click(screen.getByRole('button', { name: 'Send again' }))
    expect(await screen.findByText(/No conversation has been handed over/)).toBeVisible()
    expect(posted[0]).toEqual(['/api/v1/escalations/deliveries/d1/retry', null])
  })

  it('says that what is shown may be old when the server does not answer', async () => {
    server.use(http.get('*/api/v1/actions', () => refused(503, 'unavailable', 'Not running right now.')))
    show(<ApprovalsPage />)
    expect(await screen.findByRole('alert')).toHaveTextContent('Not running right now.')
  })
})
