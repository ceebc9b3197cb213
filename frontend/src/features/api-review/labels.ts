import type { Access, Change, Consent, Operation } from './types'

/** How each label is said, and what it means for the customer. */
export const ACCESS: Record<Access, { word: string; means: string }> = {
  read: { word: 'Read', means: 'Only looks something up. Runs at once.' },
  write: { word: 'Write', means: 'Changes something. Waits for consent.' },
  destructive: { word: 'Destructive', means: 'Cannot be taken back. Waits for consent.' },
}

export const CONSENT: Record<Consent, { word: string; means: string }> = {
  nobody: { word: 'Nobody', means: 'It runs without asking.' },
  customer: { word: 'Customer', means: 'The customer approves it in the chat.' },
  operator: { word: 'Operator', means: 'The support team approves it.' },
  both: { word: 'Both', means: 'First the customer, then the support team.' },
}

export const CHANGE: Record<Change, string> = {
  same: 'Unchanged',
  added: 'New',
  removed: 'Removed',
  changed: 'Changed',
  riskier: 'Riskier',
}

export const ACCESSES = Object.keys(ACCESS) as Access[]
export const CONSENTS = Object.keys(CONSENT) as Consent[]

/** Below this a person should look before the AI acts; the server counts doubtful operations by the same bound. */
export const DOUBT = 0.6

export function isDoubtful(operation: Operation): boolean {
  return operation.confidence < DOUBT
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** A number of things: "1 read", "2 reads". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}

/** "a, b and c" */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}

/** Does an operation do more than it may without consent? Such a label is a mistake that the page points out. */
export function actsUnasked(operation: Pick<Operation, 'access' | 'consent'>): boolean {
  return operation.access !== 'read' && operation.consent === 'nobody'
}
