// Groups of figures, in the order of the page.
import type { Figure } from '../types'

interface Group {
  title: string
  figures: Figure[]
}

/** What is looked at first. */
const FIRST = [
  'conversations',
  'automation_rate',
  'resolution_rate',
  'escalation_rate',
  'satisfaction',
  'cost_per_resolution',
]

const REST: readonly (readonly [string, readonly string[]])[] = [
  ['How conversations end', ['resolved', 'resolved_confirmed', 'resolved_assumed', 'abandonment_rate']],
  ['Volume', ['turns', 'messages', 'turns_per_conversation']],
  [
    'Speed and reliability',
    [
      'failed_turns',
      'first_token_p50',
      'first_token_p95',
      'tool_success_rate',
      'tool_p50',
      'tool_p95',
      'decision_p50',
      'decision_p95',
    ],
  ],
  [
    'Tokens and cost',
    ['cost', 'cost_per_conversation', 'tokens', 'tokens_per_conversation', 'tokens_per_resolution'],
  ],
]

/** The way of an action, in order, as the server names the steps. */
export const STEPS = [
  'proposed',
  'approved',
  'edited',
  'rejected',
  'expired',
  'succeeded',
  'failed',
  'unknown',
] as const

export function firstFigures(figures: readonly Figure[]): Figure[] {
  return pick(figures, FIRST)
}

/** The figures of the approvals funnel. */
export function stepFigures(figures: readonly Figure[]): Figure[] {
  return pick(
    figures,
    STEPS.map((step) => `actions_${step}`),
  )
}

/** All others, in groups; a figure that the page does not know by name is shown in the last one. */
export function otherGroups(figures: readonly Figure[]): Group[] {
  const known = new Set([
    ...FIRST,
    ...STEPS.map((step) => `actions_${step}`),
    ...REST.flatMap(([, keys]) => keys),
  ])
  const groups = REST.map(([title, keys]) => ({ title, figures: pick(figures, keys) }))
  groups.push({ title: 'More', figures: figures.filter((figure) => !known.has(figure.key)) })
  return groups.filter((group) => group.figures.length > 0)
}

function pick(figures: readonly Figure[], keys: readonly string[]): Figure[] {
  return keys.flatMap((key) => figures.find((figure) => figure.key === key) ?? [])
}

const OF: Readonly<Record<string, string>> = {
  satisfaction: 'rating',
  tool_success_rate: 'tool call',
  tool_p50: 'tool call',
  tool_p95: 'tool call',
  first_token_p50: 'model call',
  first_token_p95: 'model call',
  decision_p50: 'decision',
  decision_p95: 'decision',
  cost_per_resolution: 'resolution',
  tokens_per_resolution: 'resolution',
}

/** What a figure's denominator counts, in the singular. */
export function countedBy(key: string): string {
  return OF[key] ?? 'conversation'
}
