// Fixtures for tests of the approvals page.
import { frames } from '../../testing/frames'
import type { Action, Approval, Delivery, Evidence } from './queries'

export const AT = '2026-03-01T10:00:00Z'

export const APPROVAL: Approval = {
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
    unsaid: [],
    seq: null,
  },
  risk: 3,
  customer: 'c-7',
  last_seq: 90,
  status: 'pending',
  decided_at: null,
  decided_by: null,
  decided_name: null,
  comment: null,
}

export const EVIDENCE: Evidence = {
  tool: 'get_order',
  title: 'Look up an order',
  args: { order_id: 1042 },
  ok: true,
  summary: 'Order 1042 is open.',
  data: { status: 'open' },
  at: AT,
}

export const CONVERSATION = [
  frames.message('I want my money back', 'm1'),
  frames.toolCall('k1'),
  frames.toolResult('k1'),
  frames.token('m2', 'I have asked for your refund.'),
]

/** The same approval under another id and title. */
export function named(id: string, title: string, more: Partial<Approval> = {}): Approval {
  return { ...APPROVAL, interrupt_id: id, ...more, card: { ...APPROVAL.card, interrupt_id: id, title } }
}

export const ACTION: Action = {
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

export const DEAD: Delivery = {
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
