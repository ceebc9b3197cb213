// Frame builders for tests: what the server sends, in short; named as the types are.
import type {
  ErrorFrame,
  InterruptRequest,
  InterruptResolved,
  MessageComplete,
  Receipt,
  ServerFrame,
  ToolResult,
} from '../api/protocol.gen'

const thread_id = 't1'
const AT = '2026-03-01T10:00:00Z'

/** Short ways to write the server's frames in tests. A frame gets its number from `numbered`. */
export const frames = {
  message: (content: string, message_id: string): ServerFrame => ({
    type: 'message',
    thread_id,
    content,
    message_id,
  }),
  liveToken: (message_id: string, content: string, offset: number, agent = 'orders'): ServerFrame => ({
    type: 'token',
    thread_id,
    agent,
    content,
    message_id,
    offset,
  }),
  token: (message_id: string, content: string, agent = 'orders'): ServerFrame => ({
    type: 'token',
    thread_id,
    agent,
    content,
    message_id,
    offset: 0,
  }),
  toolCall: (call_id: string, tool = 'get_order'): ServerFrame => ({
    type: 'tool_call',
    thread_id,
    agent: 'orders',
    tool,
    args: { order_id: '1042' },
    call_id,
    title: 'Look up an order',
  }),
  toolResult: (call_id: string, more: Partial<ToolResult> = {}): ServerFrame => ({
    type: 'tool_result',
    thread_id,
    tool: 'get_order',
    call_id,
    ok: true,
    summary: 'Order 1042 is on its way.',
    duration_ms: 12,
    ...more,
  }),
  interrupt: (interrupt_id: string, more: Partial<InterruptRequest> = {}): ServerFrame => ({
    type: 'interrupt',
    thread_id,
    interrupt_id,
    action: 'cancel_order',
    args: { order_id: '1042' },
    title: 'Cancel order 1042',
    target: 'Demo shop',
    expires_at: '2026-03-01T10:30:00Z',
    ...more,
  }),
  interruptResolved: (interrupt_id: string, decision: InterruptResolved['decision']): ServerFrame => ({
    type: 'interrupt_resolved',
    thread_id,
    interrupt_id,
    decision,
    by: 'customer',
  }),
  interruptExpired: (interrupt_id: string): ServerFrame => ({
    type: 'interrupt_expired',
    thread_id,
    interrupt_id,
    message: 'The approval has expired.',
  }),
  clarification: (message: string, options: string[] = []): ServerFrame => ({
    type: 'clarification',
    thread_id,
    message,
    options,
  }),
  escalated: (message: string): ServerFrame => ({ type: 'escalated', thread_id, reason: 'asked', message }),
  messageComplete: (more: Partial<MessageComplete> = {}): ServerFrame => ({
    type: 'message_complete',
    thread_id,
    ...more,
  }),
  receipt: (run_id: string, more: Partial<Receipt> = {}): ServerFrame => ({
    type: 'receipt',
    thread_id,
    run_id,
    lines: [],
    changed: 'no',
    ...more,
  }),
  feedback: (rating: number): ServerFrame => ({ type: 'feedback', thread_id, rating }),
  error: (more: Partial<ErrorFrame> = {}): ServerFrame => ({
    type: 'error',
    thread_id,
    code: 'model_unavailable',
    message: 'The assistant cannot be reached right now.',
    retryable: true,
    ...more,
  }),
  resumed: (last: number, running: boolean, ended = false): ServerFrame => ({
    type: 'resumed',
    thread_id,
    last,
    running,
    ended,
  }),
}

/** Number frames as the server does: rising, with gaps. */
export function numbered(events: readonly ServerFrame[], first = 1): ServerFrame[] {
  return events.map((event, index) => ({ ...event, seq: first + index * 2, at: AT }))
}

/** A customer asks to cancel an order, and an approval waits. */
export const CANCEL_ASKED = numbered([
  frames.message('Cancel order 1042', 'm1'),
  frames.toolCall('c1', 'cancel_order'),
  frames.interrupt('i1', { call_id: 'c1' }),
])
