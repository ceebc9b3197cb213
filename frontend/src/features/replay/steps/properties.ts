import { agentName, humanize } from '../../../conversation/format'
import { withDefaults } from './defaults'
import { count, duration, moment, money } from '../format'
import type { Frame, Step } from '../types'

export type Property = readonly [name: string, value: string]

/** The text of a step that is worth reading whole. */
export function textOf(frame: Frame): string {
  switch (frame.type) {
    case 'message':
    case 'token':
      return frame.content
    case 'tool_result':
    case 'evidence_shown':
      return frame.summary
    case 'clarification':
      return [frame.message, ...frame.options.map((option) => `• ${option}`)].join('\n')
    case 'escalated':
    case 'interrupt_expired':
    case 'error':
    case 'model_failed':
      return frame.message
    case 'interrupt_resolved':
    case 'feedback':
      return frame.comment ?? ''
    case 'tool_ran':
      return frame.error ?? ''
    case 'action_changed':
      return frame.note
    case 'redacted':
      return frame.reason
    default:
      return ''
  }
}

/** What else is known of a step, by name; what is not known is left out. */
export function propertiesOf(step: Step, waited: number | null): Property[] {
  const facts: (readonly [string, string | null | undefined])[] = [
    ...frameProperties(withDefaults(step.frame)),
    ['Waited', waited === null ? null : duration(waited)],
    ['Took', step.duration_ms === null ? null : duration(step.duration_ms)],
    ['Agent', step.agent === null ? null : agentName(step.agent)],
    ['When', new Date(step.at).toLocaleString()],
    ['Seen by the customer', step.visible ? 'yes' : 'no'],
    ['Step', String(step.seq)],
    ['Turn', step.turn_id],
  ]
  return facts.filter((fact): fact is Property => Boolean(fact[1]))
}

function frameProperties(frame: Frame): (readonly [string, string | null | undefined])[] {
  switch (frame.type) {
    case 'model_called':
      return [
        ['Model', frame.model],
        ['Tokens in', count(frame.prompt_tokens)],
        ['Tokens out', count(frame.completion_tokens) + (frame.estimated ? ' (estimated)' : '')],
        ['Cost', frame.cost_usd === null ? 'not known' : money(frame.cost_usd)],
        [
          'First token after',
          frame.time_to_first_token_ms === null ? null : duration(frame.time_to_first_token_ms),
        ],
      ]
    case 'model_failed':
      return [
        ['Model', frame.model],
        ['Code', frame.code],
        ['Status', frame.http_status === null ? null : String(frame.http_status)],
      ]
    case 'tool_ran':
      return [
        ['Tool', frame.tool],
        ['Status', frame.http_status === null ? null : String(frame.http_status)],
        ['Retries', String(frame.retries)],
        ['Call', frame.call_id],
      ]
    case 'tool_call':
    case 'tool_result':
      return [
        ['Tool', frame.tool],
        ['Call', frame.call_id],
      ]
    case 'interrupt':
      return [
        ['Asked', frame.audience === 'operator' ? 'staff' : 'the customer'],
        ['Had consented', frame.given.join(', ')],
        ['Target', frame.target],
        ['Kind', humanize(frame.access)],
        ['Expires', moment(frame.expires_at)],
        ['Approval', frame.interrupt_id],
      ]
    case 'interrupt_resolved':
      return [
        ['By', frame.by === 'operator' ? 'staff' : 'the customer'],
        ['Asked next', frame.next],
        ['Approval', frame.interrupt_id],
      ]
    case 'error':
      return [
        ['Code', frame.code],
        ['Can be tried again', frame.retryable ? 'yes' : 'no'],
      ]
    case 'escalated':
      return [['Reason', frame.reason]]
    case 'routed':
      return [['Decided by', frame.by]]
    case 'turn_started':
      return [
        ['Model', frame.model],
        ['Attempt', String(frame.attempt)],
      ]
    case 'evidence_shown':
      return [
        ['Tool', frame.tool],
        ['Seen by', frame.by],
        ['Approval', frame.interrupt_id],
      ]
    case 'action_changed':
      return [
        ['Action', frame.action_id],
        ['By', frame.name || frame.by],
      ]
    default:
      return []
  }
}
