// Labels of an operation: access, consent and change, and what is doubtful about them.
import { CONSENT_RULES } from '../../api/policy.gen'
import type { Access, Change, Consent, Operation } from './types'

/** How each label is said, and what it means for the customer. */
export const ACCESS: Record<Access, { word: string; means: string }> = {
  read: { word: 'Read', means: 'Only looks something up. Runs at once.' },
  write: { word: 'Write', means: 'Changes something. Waits for consent.' },
  destructive: { word: 'Destructive', means: 'Cannot be taken back. Waits for consent.' },
}

interface ConsentLabel {
  word: string
  means: string
  /** In a history: "customer consents". */
  fact: string
  /** After a number of writes: "2 by the customer". */
  count: string
  asks: readonly string[]
}

/** The backend's rules, from the one that asks least to the one that asks most. */
export const CONSENT: Record<Consent, ConsentLabel> = CONSENT_RULES

export const CHANGE: Record<Change, string> = {
  same: 'Unchanged',
  added: 'New',
  removed: 'Removed',
  changed: 'Changed',
  riskier: 'Riskier',
}

export const ACCESSES = Object.keys(ACCESS) as Access[]
export const CONSENTS = Object.keys(CONSENT) as Consent[]

export function isConsent(value: unknown): value is Consent {
  return CONSENTS.some((consent) => consent === value)
}

/** Below this a person should look before the AI acts; the server counts doubtful operations by the same bound. */
const DOUBT = 0.6

export function isDoubtful(operation: Operation): boolean {
  return operation.confidence < DOUBT
}

export function asksNobody(consent: Consent): boolean {
  return CONSENT[consent].asks.length === 0
}

/** Does an operation do more than it may without consent? Such a label is a mistake that the page points out. */
export function actsWithoutConsent({ access, consent }: Pick<Operation, 'access' | 'consent'>): boolean {
  return access !== 'read' && asksNobody(consent)
}
