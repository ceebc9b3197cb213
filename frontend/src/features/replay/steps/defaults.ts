import type { Frame, FrameOf, Kind, StoredFrame } from '../types'

// What a stored frame may lack: it was written before there was such a field, or the field was redacted.
const DEFAULTS: { [T in Kind]: Partial<FrameOf<T>> } = {
  message: {},
  feedback: { comment: null },
  token: {},
  tool_call: { title: '', args: {} },
  tool_result: { outcome: 'succeeded', summary: '' },
  interrupt: {
    title: '',
    target: '',
    args: {},
    args_schema: null,
    request: null,
    audience: 'customer',
    edited_from: null,
    edited_by: null,
    given: [],
    access: '',
  },
  interrupt_resolved: { comment: null, next: null },
  interrupt_expired: { message: '' },
  clarification: { message: '', options: [] },
  escalated: { reason: '', message: '' },
  message_complete: { cancelled: false, ended: false },
  error: { message: '' },
  turn_started: {},
  routed: { intents: [], candidates: [] },
  model_called: { cost_usd: null, time_to_first_token_ms: null, estimated: false },
  model_failed: { message: '', http_status: null },
  tool_ran: {
    request: null,
    http_status: null,
    response: null,
    full_response: null,
    error: null,
    retries: 0,
    failed_attempts: [],
  },
  evidence_shown: { title: '', args: {}, summary: '', data: null },
  action_changed: { args: {}, by: '', name: '', note: '' },
  redacted: { reason: '', events: 0 },
}

const NOTHING_USED = { model_calls: 0, prompt_tokens: 0, completion_tokens: 0, cost_usd: null }

/** A stored frame with nothing missing. */
export function withDefaults(frame: StoredFrame): Frame {
  const missing = (DEFAULTS as Partial<Record<string, object>>)[frame.type]
  const whole = { ...missing, ...frame } as Frame
  if (whole.type === 'message_complete') whole.usage = { ...NOTHING_USED, ...whole.usage }
  return whole
}
