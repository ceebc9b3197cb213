import { agentName, inWords, valueInWords } from '../../../conversation/format'
import { filled } from './defaults'
import { count, counted, duration, firstLine, money, percent } from '../format'
import type { Frame, FrameOf, Kind, Step } from '../types'

export type Sign =
  | 'customer'
  | 'agent'
  | 'route'
  | 'model'
  | 'tool'
  | 'approval'
  | 'good'
  | 'bad'
  | 'person'
  | 'rating'
  | 'turn'
  | 'erased'

/** A step in one line: who or what, what happened, and the figures that belong to it. */
export interface Line {
  readonly sign: Sign
  readonly title: string
  readonly text: string
  readonly facts: readonly string[]
  readonly tone?: 'bad' | 'consent' | 'good'
}

/** Say what happened in a step; `waited` is how long the approval that it answers had waited. */
export function describe(step: Step, waited: number | null = null): Line {
  const frame = filled(step.frame)
  const tell = LINES[frame.type] as ((frame: Frame, waited: number | null) => Line) | undefined
  // An older page may read a log with kinds of events that it does not know.
  return tell?.(frame, waited) ?? { sign: 'turn', title: inWords(step.type), text: '', facts: [] }
}

const LINES: { [T in Kind]: (frame: FrameOf<T>, waited: number | null) => Line } = {
  message: ({ content }) => ({ sign: 'customer', title: 'Customer', text: firstLine(content), facts: [] }),
  feedback: ({ rating, comment }) => ({
    sign: 'rating',
    title: `Rated ${rating} of 5`,
    text: comment ?? '',
    facts: [],
  }),
  token: ({ agent, content }) => ({
    sign: 'agent',
    title: agentName(agent),
    text: firstLine(content),
    facts: [],
  }),
  turn_started: ({ kind, attempt, model }) => ({
    sign: 'turn',
    title: attempt > 1 ? `Turn tried again (attempt ${attempt})` : 'Turn began',
    text: TURNS[kind],
    facts: [model],
  }),
  routed: ({ intents, candidates, by }) => ({
    sign: 'route',
    title: `To ${intents.map(({ agent }) => agentName(agent)).join(', then ') || 'nobody'}`,
    text: firstLine(intents[0]?.reason ?? ''),
    facts: [
      ...(intents[0] ? [percent(intents[0].confidence)] : []),
      `by ${by === 'model' ? 'the model' : by}`,
      ...(candidates.length > 1 ? [`${candidates.length} considered`] : []),
    ],
  }),
  model_called: (frame) => ({
    sign: 'model',
    title: frame.model,
    text: `for ${agentName(frame.agent)}`,
    facts: [
      `${frame.estimated ? '~' : ''}${count(frame.prompt_tokens)} → ${count(frame.completion_tokens)} tokens`,
      ...(frame.cost_usd === null ? [] : [money(frame.cost_usd)]),
      ...(frame.time_to_first_token_ms === null
        ? []
        : [`first token ${duration(frame.time_to_first_token_ms)}`]),
    ],
  }),
  model_failed: ({ model, agent, code, message, http_status }) => ({
    sign: 'bad',
    title: `${model} failed`,
    text: `for ${agentName(agent)}${message && `: ${message}`}`,
    facts: [code, ...(http_status === null ? [] : [`HTTP ${http_status}`])],
    tone: 'bad',
  }),
  tool_call: ({ tool, title, args }) => ({
    sign: 'tool',
    title: title || inWords(tool),
    text: inShort(args),
    facts: [tool],
  }),
  tool_ran: (frame) => ({
    sign: 'tool',
    title: request(frame.request) || `${inWords(frame.tool)} ran`,
    text: frame.error ?? '',
    facts: [
      ...(frame.http_status === null ? [] : [`HTTP ${frame.http_status}`]),
      ...(frame.retries > 0 ? [counted(frame.retries, 'retry', 'retries')] : []),
    ],
    ...(frame.error !== null && { tone: 'bad' as const }),
  }),
  tool_result: ({ outcome, ok, summary }) => ({
    sign: ok && outcome === 'succeeded' ? 'good' : 'bad',
    title: RESULTS[outcome],
    text: firstLine(summary),
    facts: [],
    tone: ok && outcome === 'succeeded' ? 'good' : 'bad',
  }),
  interrupt: ({ title, action, args, audience }) => ({
    sign: 'approval',
    title: `${audience === 'operator' ? 'Staff were' : 'Customer was'} asked: ${title || inWords(action)}`,
    text: inShort(args),
    facts: [],
    tone: 'consent',
  }),
  interrupt_resolved: ({ decision, by, comment }, waited) => ({
    sign: decision === 'rejected' ? 'bad' : 'approval',
    title: `${inWords(decision)} by ${by === 'operator' ? 'staff' : 'the customer'}`,
    text: comment ?? '',
    facts: waited === null ? [] : [`after ${duration(waited)}`],
  }),
  interrupt_expired: ({ message }, waited) => ({
    sign: 'bad',
    title: 'Approval expired',
    text: message,
    facts: waited === null ? [] : [`after ${duration(waited)}`],
  }),
  clarification: ({ message, options }) => ({
    sign: 'agent',
    title: 'Asked back',
    text: firstLine(message),
    facts: options.length > 0 ? [counted(options.length, 'option')] : [],
  }),
  escalated: ({ reason }) => ({
    sign: 'person',
    title: 'Handed over to a person',
    text: reason,
    facts: [],
    tone: 'consent',
  }),
  message_complete: ({ usage, cancelled, ended }) => ({
    sign: 'turn',
    title: ended ? 'Conversation ended' : cancelled ? 'Stopped by the customer' : 'Turn over',
    text: '',
    facts: [
      counted(usage.model_calls, 'model call'),
      `${count(usage.prompt_tokens)} → ${count(usage.completion_tokens)} tokens`,
      ...(usage.cost_usd === null ? [] : [money(usage.cost_usd)]),
    ],
  }),
  error: ({ code, message }) => ({ sign: 'bad', title: 'Error', text: message, facts: [code], tone: 'bad' }),
  evidence_shown: ({ tool, title, by, ok, summary }) => ({
    sign: 'approval',
    title: `${by} looked at: ${title || inWords(tool)}`,
    text: firstLine(summary),
    facts: ok ? [] : ['no answer'],
  }),
  action_changed: ({ tool, status, by, name, note }) => ({
    sign: 'approval',
    title: `${inWords(tool)}: ${inWords(status).toLowerCase()}`,
    text: note,
    facts: [name || by].filter(Boolean),
  }),
  redacted: ({ by, reason, events }) => ({
    sign: 'erased',
    title: 'Redacted',
    text: reason,
    facts: [`by ${by || 'staff'}`, counted(events, 'event')],
  }),
}

const TURNS: Record<FrameOf<'turn_started'>['kind'], string> = {
  message: 'after a message',
  answer: 'after an answer to an approval',
  expiry: 'after an approval expired',
}

const RESULTS: Record<FrameOf<'tool_result'>['outcome'], string> = {
  succeeded: 'Done',
  failed: 'Failed',
  rejected: 'Not done: rejected',
  expired: 'Not done: expired',
  unknown: 'Outcome not known',
}

/** Values in one line. */
function inShort(args: Record<string, unknown>): string {
  return Object.entries(args)
    .map(([name, value]) => `${inWords(name)}: ${firstLine(valueInWords(value))}`)
    .join(' · ')
}

/** The first line of a request, without the host. */
function request(sent: Record<string, unknown> | null): string {
  const { method, url } = sent ?? {}
  if (typeof method !== 'string' || typeof url !== 'string') return ''
  return `${method} ${url.replace(/^[a-z]+:\/\/[^/]*/i, '') || '/'}`
}
