// Form values: from arguments to text and back, with what is wrong per field.
import { isRecord, type Field } from './schema-fields'

/** What stands in a form: text for each field. */
export type Draft = Readonly<Record<string, string>>

export type Read = { args: Record<string, unknown>; problems: null } | { args: null; problems: Draft }

/** Put arguments into a form. */
export function toDraft(fields: readonly Field[], args: Record<string, unknown>): Draft {
  return Object.fromEntries(fields.map((field) => [field.name, toText(field, args[field.name])]))
}

function toText(field: Field, value: unknown): string {
  if (value === undefined || value === null) return ''
  if (field.kind === 'json') return JSON.stringify(value, null, 2)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Read arguments from a form, or say for each field what is wrong with it. */
export function fromDraft(fields: readonly Field[], draft: Draft): Read {
  const args: Record<string, unknown> = {}
  const problems: Record<string, string> = {}
  for (const field of fields) {
    const written = (draft[field.name] ?? '').trim()
    if (written === '') {
      if (field.required) problems[field.name] = 'Please fill this in.'
      continue
    }
    const { value, problem } = readValue(field, written)
    if (problem) problems[field.name] = problem
    else args[field.name] = value
  }
  return Object.keys(problems).length > 0 ? { args: null, problems } : { args, problems: null }
}

/** Read whole arguments from JSON. */
export function fromJson(written: string): Read {
  const value = parse(written)
  if (isRecord(value)) return { args: value, problems: null }
  return { args: null, problems: { '': 'Please write one JSON object, such as {"order_id": "1042"}.' } }
}

function readValue(field: Field, written: string): { value?: unknown; problem?: string } {
  switch (field.kind) {
    case 'number':
    case 'integer':
      return readNumber(field, written)
    case 'boolean':
      return { value: written === 'true' }
    case 'choice':
      return { value: written }
    case 'json': {
      const value = parse(written)
      return value === undefined ? { problem: 'This is not valid JSON.' } : { value }
    }
    case 'text':
      return readText(field, written)
  }
}

function readNumber({ kind, schema }: Field, written: string): { value?: unknown; problem?: string } {
  const value = Number(written)
  if (!Number.isFinite(value)) return { problem: 'Please write a number.' }
  if (kind === 'integer' && !Number.isInteger(value)) return { problem: 'Please write a whole number.' }
  const { minimum, maximum } = schema
  if (typeof minimum === 'number' && value < minimum) return { problem: `It must be at least ${minimum}.` }
  if (typeof maximum === 'number' && value > maximum) return { problem: `It must be at most ${maximum}.` }
  return { value }
}

function readText({ schema }: Field, written: string): { value?: unknown; problem?: string } {
  const { minLength, maxLength } = schema
  if (typeof minLength === 'number' && written.length < minLength) {
    return { problem: `It must have at least ${minLength} characters.` }
  }
  if (typeof maxLength === 'number' && written.length > maxLength) {
    return { problem: `It must have at most ${maxLength} characters.` }
  }
  return { value: written }
}

function parse(written: string): unknown {
  try {
    return JSON.parse(written) as unknown
  } catch {
    return undefined
  }
}
