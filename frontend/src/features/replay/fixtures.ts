// Fixtures for tests of the replay: steps and a conversation.
import { frames } from '../../testing/frames'
import { records } from './record-fixtures'
import type { Replay, Row, Step, StoredFrame } from './types'

export const BEGAN = Date.parse('2026-03-01T10:00:00.000Z')

const UNSEEN: ReadonlySet<string> = new Set([
  'turn_started',
  'routed',
  'model_called',
  'model_failed',
  'tool_ran',
  'evidence_shown',
  'action_changed',
  'redacted',
])

/** Write a frame as the server lists it: with its number, its moment, and what is lifted out of it. */
export function stepOf(frame: object, seq: number, ms: number, more: Partial<Step> = {}): Step {
  const at = new Date(BEGAN + ms).toISOString()
  const stored = { ...frame, seq, at } as StoredFrame
  const lifted = stored as Partial<{ agent: string; duration_ms: number }>
  return {
    seq,
    at,
    type: stored.type,
    visible: !UNSEEN.has(stored.type),
    agent: lifted.agent ?? null,
    turn_id: 'u1',
    duration_ms: lifted.duration_ms ?? null,
    prompt_tokens: null,
    completion_tokens: null,
    cost_usd: null,
    frame: stored,
    ...more,
  }
}

/** Number frames one after another, each so many milliseconds after the one before. */
export function stepsOf(...entries: readonly (readonly [afterMs: number, frame: object])[]): Step[] {
  let ms = 0
  return entries.map(([after, frame], index) => {
    ms += after
    return stepOf(frame, index + 1, ms)
  })
}

const ATTEMPTS = [
  { http_status: 503, error: null, duration_ms: 120 },
  { http_status: null, error: 'tool_unavailable', duration_ms: 10_000 },
]

/** A conversation with an edited approval, an error and a rating. */
export const STORY: readonly Step[] = stepsOf(
  [0, frames.message('Cancel order 1042', 'm1')],
  [20, records.turnStarted()],
  [30, records.routed()],
  [40, frames.toolCall('c1', 'cancel_order')],
  [10, frames.interrupt('i1', { call_id: 'c1' })],
  [90_000, frames.interruptResolved('i1', 'edited')],
  [
    5,
    frames.interrupt('i2', { call_id: 'c1', args: { order_id: '1047' }, edited_from: { order_id: '1042' } }),
  ],
  [4000, frames.interruptResolved('i2', 'approved')],
  [10, records.actionChanged()],
  [30, records.toolRan({ retries: 2, failed_attempts: ATTEMPTS })],
  [10, frames.toolResult('c1')],
  [900, frames.token('a1', 'Order 1047 has been cancelled.')],
  [5, records.modelCalled()],
  [10, frames.messageComplete()],
  [7_200_000, frames.message('And 1050?', 'm2')],
  [500, frames.error({ message_id: 'm2' })],
  [1000, frames.feedback(2)],
)

export const ROW: Row = {
  thread_id: 't1',
  title: 'Cancel order 1042',
  visitor_id: 'v1',
  customer: null,
  started_at: '2026-03-01T10:00:00Z',
  last_at: '2026-03-01T12:01:35Z',
  ended_at: '2026-03-01T12:01:35Z',
  status: 'ended',
  outcome: 'resolved_confirmed',
  turns: 3,
  messages: 4,
  agents: ['order_actions'],
  tools: ['cancel_order'],
  models: ['small'],
  approvals: 2,
  errors: 1,
  actions: 1,
  unknown_actions: 0,
  tokens_in: 1277,
  tokens_out: 8,
  cost_usd: 0.0004,
  rating: 2,
  staff: false,
  demo: false,
  redacted_at: null,
  last: STORY.length,
}

export const REPLAY: Replay = {
  conversation: ROW,
  last: STORY.length,
  marks: [
    { seq: 5, kind: 'approval' },
    { seq: 7, kind: 'approval' },
    { seq: 16, kind: 'error' },
    { seq: 17, kind: 'feedback' },
  ],
  turns: 3,
  redacted_at: null,
}
