// Labels and values of edited fields.
import type { Changed } from '../types'
import { list } from '../format'
import { CONSENT, isConsent } from '../labels'

const MAX_SHOWN = 200 // of a text: enough to know it again

/** How each field is called where it is one of several that changed. */
const FIELDS: Record<string, string> = {
  access: 'Access',
  consent: 'Who consents',
  agent: 'Agent',
  title: 'Title',
  description: 'Description',
  customer_params: 'Asked of the customer',
  bound: 'Filled from the customer',
  twin: 'Shown before it acts',
  enabled: 'Enabled',
  name: 'Name',
  tone: 'Tone',
  greeting: 'Greeting',
  escalation_message: 'Words when a person takes over',
  instructions: 'Instructions',
  max_steps: 'Steps for one thing asked',
  base_url: 'Base address',
  read_seconds: 'Seconds for a read',
  write_seconds: 'Seconds for a write',
  concurrency: 'Calls at once',
  per_second: 'Calls per second',
}

/** What is written by people and may be long: it stands in quotation marks. */
const TEXTS = new Set(['title', 'description', 'tone', 'greeting', 'escalation_message', 'instructions'])

/** A value as people say it; `none` is the word for a value that is not set. */
export function formatField(field: string, value: Changed['now'], none = 'nothing'): string {
  if (value === null || value === '') return none
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return value.toLocaleString('en')
  if (Array.isArray(value)) return list(value) || none
  if (typeof value === 'object') {
    return list(Object.entries(value).map(([argument, claim]) => `${argument} (${claim})`)) || none
  }
  if (field === 'consent') return isConsent(value) ? CONSENT[value].fact : value
  return TEXTS.has(field) ? `“${clipped(value)}”` : value
}

/** One change of several: "Access: write – was: read". */
export function formatChange({ field, was, now }: Changed, none?: string): string {
  const name = FIELDS[field] ?? field.replaceAll('_', ' ')
  return `${name}: ${formatField(field, now, none)} – was: ${formatField(field, was, none)}`
}

function clipped(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN).trimEnd()}…` : text
}
