import { agentName, humanize, formatValue } from '../../../conversation/format'
import { withDefaults } from './defaults'
import { count, counted, duration, firstLine, money, percent } from '../format'
import type { Frame, FrameOf, Kind, Step } from '../types'

export type StepIconName =
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
  readonly icon: StepIconName
  readonly title: string
  readonly text: string
  readonly facts: readonly string[]
  readonly tone?: 'bad' | 'consent' | 'good'
}

/** Say what happened in a step; `waited` is how long the approval that it answers had waited. */
export function describeStep(step: Step, waited: number | null = null): Line {
  const frame = withDefaults(step.frame)
  const tell = LINES[frame.type] as ((frame: Frame, waited: number | null) => Line) | undefined
  // An older page may read a log with kinds of events that it does not know.
  return tell?.(frame, waited) ?? { icon: 'turn', title: humanize(step.type), text: '', facts: [] }
}

const LINES: { [T in Kind]: (frame: FrameOf<T>, waited: number | null) => Line } = {
  message: ({ content }) => ({ icon: 'customer', title: 'Customer', text: firstLine(content), facts: [] }),
  feedback: ({ rating, comment }) => ({
    icon: 'rating',
    title: `Rated ${rating} of 5`,
    text: comment ?? '',
    facts: [],
  }),
  token: ({ agent, content }) => ({
    icon: 'agent',
    title: agentName(agent),
    text: firstLine(content),
    facts: [],
  }),
  turn_started: ({ kind, attempt, model }) => ({
    icon: 'turn',
    title: attempt > 1 ? `Turn tried again (attempt ${attempt})` : 'Turn began',
    text: TURNS[kind],
    facts: [model],
  }),
  routed: ({ intents, candidates, by }) => ({
    icon: 'route',
    title: `To ${intents.map(({ agent }) => agentName(agent)).join(', then ') || 'nobody'}`,
    text: firstLine(intents[0]?.reason ?? ''),
    facts: [
      ...(intents[0] ? [percent(intents[0].confidence)] : []),
      `by ${by === 'model' ? 'the model' : by}`,
      ...(candidates.length > 1 ? [`${candidates.length} considered`] : []),
    ],
  }),
  model_called: (frame) => ({
    icon: 'model',
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
    icon: 'bad',
    title: `${model} failed`,
    text: `for ${agentName(agent)}${message && `: ${message}`}`,
    facts: [code, ...(http_status === null ? [] : [`HTTP ${http_status}`])],
    tone: 'bad',
  }),
  tool_call: ({ tool, title, args }) => ({
    icon: 'tool',
    title: title || humanize(tool),
    text: formatValues(args),
    facts: [tool],
  }),
  tool_ran: (frame) => ({
    icon: 'tool',
    title: request(frame.request) || `${humanize(frame.tool)} ran`,
    text: frame.error ?? '',
    facts: [
      ...(frame.http_status === null ? [] : [`HTTP ${frame.http_status}`]),
      ...(frame.retries > 0 ? [counted(frame.retries, 'retry', 'retries')] : []),
    ],
    ...(frame.error !== null && { tone: 'bad' as const }),
  }),
  tool_result: ({ outcome, ok, summary }) => ({
    icon: ok && outcome === 'succeeded' ? 'good' : 'bad',
    title: RESULTS[outcome],
    text: firstLine(summary),
    facts: [],
    tone: ok && outcome === 'succeeded' ? 'good' : 'bad',
  }),
  interrupt: ({ title, action, args, audience }) => ({
    icon: 'approval',
    title: `${audience === 'operator' ? 'Staff were' : 'Customer was'} asked: ${title || humanize(action)}`,
    text: formatValues(args),
    facts: [],
    tone: 'consent',
  }),
  interrupt_resolved: ({ decision, by, comment }, waited) => ({
    icon: decision === 'rejected' ? 'bad' : 'approval',
    title: `${humanize(decision)} by ${by === 'operator' ? 'staff' : 'the customer'}`,
    text: comment ?? '',
    facts: waited === null ? [] : [`after ${duration(waited)}`],
  }),
  interrupt_expired: ({ message }, waited) => ({
    icon: 'bad',
    title: 'Approval expired',
    text: message,
    facts: waited === null ? [] : [`after ${duration(waited)}`],
  }),
  clarification: ({ message, options }) => ({
    icon: 'agent',
    title: 'Asked back',
    text: firstLine(message),
    facts: options.length > 0 ? [counted(options.length, 'option')] : [],
  }),
  escalated: ({ reason }) => ({
    icon: 'person',
    title: 'Handed over to a person',
    text: reason,
    facts: [],
    tone: 'consent',
  }),
  message_complete: ({ usage, cancelled, ended }) => ({
    icon: 'turn',
    title: ended ? 'Conversation ended' : cancelled ? 'Stopped by the customer' : 'Turn over',
    text: '',
    facts: [
      counted(usage.model_calls, 'model call'),
      `${count(usage.prompt_tokens)} → ${count(usage.completion_tokens)} tokens`,
      ...(usage.cost_usd === null ? [] : [money(usage.cost_usd)]),
    ],
  }),
  error: ({ code, message }) => ({ icon: 'bad', title: 'Error', text: message, facts: [code], tone: 'bad' }),
  evidence_shown: ({ tool, title, by, ok, summary }) => ({
    icon: 'approval',
    title: `${by} looked at: ${title || humanize(tool)}`,
    text: firstLine(summary),
    facts: ok ? [] : ['no answer'],
  }),
  action_changed: ({ tool, status, by, name, note }) => ({
    icon: 'approval',
    title: `${humanize(tool)}: ${humanize(status).toLowerCase()}`,
    text: note,
    facts: [name || by].filter(Boolean),
  }),
  redacted: ({ by, reason, events }) => ({
    icon: 'erased',
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
function formatValues(args: Record<string, unknown>): string {
  return Object.entries(args)
    .map(([name, value]) => `${humanize(name)}: ${firstLine(formatValue(value))}`)
    .join(' · ')
}

/** The first line of a request, without the host. */
function request(sent: Record<string, unknown> | null): string {
  const { method, url } = sent ?? {}
  if (typeof method !== 'string' || typeof url !== 'string') return ''
  return `${method} ${url.replace(/^[a-z]+:\/\/[^/]*/i, '') || '/'}`
}
