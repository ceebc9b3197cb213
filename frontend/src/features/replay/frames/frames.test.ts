import { describe, expect, it } from 'vitest'
import { frames } from '../../../testing/frames'
import { describeStep, propertiesOf, textOf, withDefaults } from './frames'
import { records } from '../record-fixtures'
import { stepOf } from '../fixtures'
import type { StoredFrame } from '../types'

const line = (frame: object, waited: number | null = null) => describeStep(stepOf(frame, 1, 0), waited)
const facts = (frame: object, waited: number | null = null) =>
  Object.fromEntries(propertiesOf(stepOf(frame, 1, 0), waited))

// Every kind of event, as it is when a customer's words were taken out of it: only its bones.
const BARE: readonly object[] = [
  { type: 'message', content: '[redacted]' },
  { type: 'feedback', rating: 4 },
  { type: 'token', agent: 'orders', content: '[redacted]' },
  { type: 'tool_call', agent: 'orders', tool: 'get_order', call_id: 'c1', args: {} },
  { type: 'tool_result', tool: 'get_order', call_id: 'c1', ok: true, duration_ms: 4, summary: '[redacted]' },
  {
    type: 'interrupt',
    interrupt_id: 'i1',
    action: 'cancel_order',
    args: {},
    expires_at: '2026-03-01T10:00:00Z',
  },
  { type: 'interrupt_resolved', interrupt_id: 'i1', decision: 'approved', by: 'customer' },
  { type: 'interrupt_expired', interrupt_id: 'i1', message: '[redacted]' },
  { type: 'clarification', message: '[redacted]' },
  { type: 'escalated', reason: '[redacted]', message: '[redacted]' },
  { type: 'message_complete' },
  { type: 'error', code: 'model_unavailable', message: '[redacted]', retryable: true },
  { type: 'turn_started', turn_id: 'u1', kind: 'message', attempt: 1, model: 'small' },
  { type: 'routed', by: 'words', intents: [{ agent: 'orders', confidence: 0.5 }], candidates: [] },
  {
    type: 'model_called',
    agent: 'orders',
    model: 'small',
    prompt_tokens: 1,
    completion_tokens: 2,
    duration_ms: 3,
  },
  { type: 'model_failed', agent: 'orders', model: 'small', code: 'model_busy', duration_ms: 3 },
  { type: 'tool_ran', tool: 'get_order', call_id: 'c1', agent: 'orders', request: null, duration_ms: 3 },
  {
    type: 'evidence_shown',
    interrupt_id: 'i1',
    tool: 'get_order',
    args: {},
    ok: false,
    summary: '[redacted]',
    by: 'Ana',
  },
  { type: 'action_changed', action_id: 'x1', tool: 'cancel_order', status: 'approved', args: {} },
  { type: 'redacted', by: 'Ana' },
  { type: 'a_kind_from_tomorrow' },
]

describe('a step in one line', () => {
  it('says who spoke', () => {
    expect(line(frames.message('Where is\n1042?', 'm1'))).toMatchObject({
      title: 'Customer',
      text: 'Where is',
    })
    expect(line(frames.token('a1', 'On its way.'))).toMatchObject({ title: 'Orders', text: 'On its way.' })
  })

  it('says who was chosen, how surely, by what, among how many', () => {
    expect(line(records.routed())).toMatchObject({
      title: 'To Orders',
      text: 'speaks of orders',
      facts: ['85 %', 'by the model', '2 considered'],
    })
  })

  it.each([
    ['active', 'a follow-up'],
    ['agent', 'handed over by an agent'],
    ['single', 'the only agent'],
    ['words', 'by words'],
  ])('says how %s was decided', (by, said) => {
    expect(line({ ...records.routed(), by }).facts).toContain(said)
  })

  it('says what a model cost, and when it began to speak', () => {
    expect(line(records.modelCalled()).facts).toEqual(['1,277 → 8 tokens', '$0.0004', 'first token 200 ms'])
    expect(line({ ...records.modelCalled(), estimated: true, cost_usd: null }).facts[0]).toBe(
      '~1,277 → 8 tokens',
    )
  })

  it('says which model failed, for whom, and how', () => {
    expect(line(records.modelFailed())).toMatchObject({
      title: 'small failed',
      text: 'for Orders: The assistant is very busy right now.',
      facts: ['model_busy', 'HTTP 429'],
      tone: 'bad',
    })
    expect(facts(records.modelFailed())).toMatchObject({
      Model: 'small',
      Agent: 'Orders',
      Code: 'model_busy',
      Status: '429',
      Took: '700 ms',
    })
  })

  it('says what was sent, without the host, and what came back', () => {
    expect(line(records.toolRan({ retries: 2 }))).toMatchObject({
      title: 'GET /orders/1042',
      facts: ['HTTP 200', '2 retries'],
    })
    expect(line(records.toolRan({ error: 'No answer came.', http_status: null }))).toMatchObject({
      text: 'No answer came.',
      tone: 'bad',
    })
    expect(line(records.toolRan({ request: null })).title).toBe('Get order ran')
  })

  it('tells a result that is known from one that is not', () => {
    expect(line(frames.toolResult('c1'))).toMatchObject({ title: 'Done', tone: 'good' })
    expect(line(frames.toolResult('c1', { ok: false, outcome: 'unknown' }))).toMatchObject({
      title: 'Outcome not known',
      tone: 'bad',
    })
  })

  it('says who was asked, who answered, and after how long', () => {
    expect(line(frames.interrupt('i1', { audience: 'operator' })).title).toBe(
      'Staff were asked: Cancel order 1042',
    )
    expect(line(frames.interruptResolved('i1', 'approved'), 90_000)).toMatchObject({
      title: 'Approved by the customer',
      facts: ['after 1 min 30 s'],
    })
    expect(line(records.actionChanged())).toMatchObject({ title: 'Cancel order: approved', facts: ['Ana'] })
  })

  it('says what staff looked at before they decided', () => {
    expect(line(records.evidenceShown())).toMatchObject({
      title: 'Ana looked at: Look up an order',
      text: 'Order 1042 is open.',
      facts: [],
    })
    expect(line({ ...records.evidenceShown(), ok: false }).facts).toEqual(['no answer'])
    expect(facts(records.evidenceShown())).toMatchObject({
      Tool: 'get_order',
      'Seen by': 'Ana',
      Approval: 'i1',
    })
  })

  it('is there for every kind of event, also when it was redacted, also for kinds that it does not know', () => {
    for (const frame of BARE) {
      const { title, text, facts: figures } = line(frame)
      expect(title).not.toBe('')
      expect([title, text, ...figures].join(' ')).not.toMatch(/undefined|null|NaN|\[object/)
    }
    expect(line({ type: 'a_kind_from_tomorrow' }).title).toBe('A kind from tomorrow')
  })
})

describe('what is known of a step', () => {
  it('has everything of a call of a model', () => {
    expect(facts(records.modelCalled())).toMatchObject({
      Model: 'small',
      'Tokens in': '1,277',
      'Tokens out': '8',
      Cost: '$0.0004',
      'First token after': '200 ms',
      Took: '800 ms',
    })
  })

  it('has status and retries of a tool that ran, and the code of an error', () => {
    expect(facts(records.toolRan({ retries: 2 }))).toMatchObject({ Status: '200', Retries: '2', Call: 'c1' })
    expect(facts(frames.error())).toMatchObject({ Code: 'model_unavailable', 'Can be tried again': 'yes' })
  })

  it('has how long an approval waited, and who decided', () => {
    expect(facts(frames.interruptResolved('i1', 'approved'), 4000)).toMatchObject({
      Waited: '4.0 s',
      By: 'the customer',
    })
    expect(facts(records.actionChanged())).toMatchObject({ By: 'Ana' })
  })

  it('leaves out what is not known, for every kind', () => {
    for (const frame of BARE) {
      for (const [name, value] of propertiesOf(stepOf(frame, 1, 0), null)) {
        expect(`${name}: ${value}`).not.toMatch(/undefined|null|NaN|\[object/)
        expect(value).not.toBe('')
      }
      expect(textOf(withDefaults(frame as StoredFrame))).not.toMatch(/undefined|null/)
    }
  })

  it('keeps what is stored where nothing is missing', () => {
    expect(withDefaults(records.toolRan())).toEqual(records.toolRan())
  })
})
