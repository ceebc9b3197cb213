// Labels of filters that are set.
import { humanize } from '../../../conversation/format'
import { dayOf, lastDayOf, type FilterName } from './filters'
import { OUTCOMES } from '../outcome-badge'

/** What became of an action, as the server names it. */
const STEPS: Readonly<Record<string, string>> = {
  proposed: 'was proposed',
  approved: 'was approved',
  edited: 'was edited',
  rejected: 'was rejected',
  expired: 'expired',
  succeeded: 'succeeded',
  failed: 'failed',
  unknown: 'has no known outcome',
}

/** What a conversation has or lacks. */
const FLAGS: Partial<Record<FilterName, string>> = {
  first_token: 'a time to first token',
  approval: 'an approval',
  decision: 'an answered approval',
  staff: 'staff',
}

/** What a filter says, in words. */
export function filterLabel(name: FilterName, value: string): string {
  switch (name) {
    case 'text':
      return `“${value}”`
    case 'status':
      return value === 'open' ? 'still open' : 'over'
    case 'outcome':
      return oneOf(value, (outcome) => OUTCOMES[outcome]?.label ?? humanize(outcome))
    case 'agent':
      return `with ${humanize(value)}`
    case 'tool':
      return `used ${humanize(value)}`
    case 'call':
      return value === 'any' ? 'with a tool call carried out' : `with a tool call that ${oneOf(value, step)}`
    case 'model':
      return value === 'any' ? 'with a call of a model' : `with the model ${value}`
    case 'action':
      return isFlag(value) ? has(value, 'an action') : `with an action that ${oneOf(value, step)}`
    case 'error':
      return isFlag(value) ? has(value, 'an error') : `with the error ${humanize(value)}`
    case 'from':
      return `from ${dayOf(value)}`
    case 'to':
      return `until ${lastDayOf(value)}`
    case 'cost_min':
      return `cost at least $${value}`
    case 'cost_max':
      return `cost at most $${value}`
    case 'rating':
      return value === 'any' ? 'rated' : `rated ${oneOf(value, String)}`
    default:
      return has(value, FLAGS[name] ?? name)
  }
}

function step(name: string): string {
  return STEPS[name] ?? name
}

function oneOf(value: string, words: (one: string) => string): string {
  return value.split(',').map(words).join(' or ')
}

function has(value: string, what: string): string {
  return `${value === '0' || value === 'false' ? 'without' : 'with'} ${what}`
}

function isFlag(value: string): boolean {
  return ['0', '1', 'false', 'true'].includes(value)
}
