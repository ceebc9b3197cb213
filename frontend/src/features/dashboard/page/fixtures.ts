// Fixtures for tests of the dashboard.
import { STEPS } from '../figures/groups'
import type { Analytics, Figure, Series, Unit } from '../types'

const DEFINITIONS: readonly (readonly [string, string, Unit])[] = [
  ['conversations', 'Conversations', 'count'],
  ['automation_rate', 'Automation rate', 'percent'],
  ['resolution_rate', 'Resolution rate', 'percent'],
  ['escalation_rate', 'Escalation rate', 'percent'],
  ['abandonment_rate', 'Abandonment rate', 'percent'],
  ['satisfaction', 'Satisfaction', 'rating'],
  ['cost_per_resolution', 'Cost per resolution', 'usd'],
  ['resolved', 'Resolved', 'count'],
  ['turns', 'Turns', 'count'],
  ['failed_turns', 'Failed turns', 'count'],
  ['tool_p95', 'Tool time, p95', 'ms'],
  ['tokens', 'Tokens', 'tokens'],
]

/** A figure as the server gives it. */
export function figure(key: string, more: Partial<Figure> = {}): Figure {
  return {
    key,
    label: key,
    unit: 'count',
    value: 40,
    numerator: null,
    denominator: null,
    previous: 50,
    change: -0.2,
    formula: `How ${key} is computed.`,
    few: false,
    filter: '',
    better: 'up',
    ...more,
  }
}

export const FIGURES: Figure[] = [
  ...DEFINITIONS.map(([key, label, unit]) => figure(key, { label, unit })),
  ...STEPS.map((step, at) =>
    figure(`actions_${step}`, { label: `Actions ${step}`, value: 20 - at, filter: `action=${step}` }),
  ),
]

export const ANALYTICS: Analytics = {
  range: { from: '2026-03-01T00:00:00Z', to: '2026-03-31T00:00:00Z', name: '30d', tz: 'UTC' },
  previous: { from: '2026-01-30T00:00:00Z', to: '2026-03-01T00:00:00Z' },
  figures: FIGURES,
  agents: [
    {
      name: 'order_lookup',
      conversations: 30,
      resolved: 24,
      escalated: 3,
      abandoned: 0,
      tokens: 45_000,
      cost_usd: 0.48,
      satisfaction: 4.2,
      ratings: 4,
      few: false,
    },
    {
      name: 'coupons',
      conversations: 3,
      resolved: 2,
      escalated: 0,
      abandoned: 1,
      tokens: 900,
      cost_usd: 0.01,
      satisfaction: null,
      ratings: 0,
      few: true,
    },
  ],
  tools: [tool('get_order', 300, 3, 120), tool('refund_order', 40, 8, 900), tool('ping', 2, 2, 9000)],
  models: [
    {
      name: 'gpt-4.1-mini',
      calls: 900,
      tokens_in: 1_200_000,
      tokens_out: 60_000,
      cost_usd: 0.69,
      unpriced: 0,
      first_token_p50_ms: 425,
      first_token_p95_ms: 911,
    },
    {
      name: 'house-model',
      calls: 10,
      tokens_in: 500,
      tokens_out: 70,
      cost_usd: 0,
      unpriced: 10,
      first_token_p50_ms: null,
      first_token_p95_ms: null,
    },
  ],
  causes: [
    { code: 'model_unavailable', failed_turns: 7, conversations: 5 },
    { code: 'too_many_steps', failed_turns: 1, conversations: 1 },
  ],
  funnel: {
    proposed: 20,
    approved: 19,
    edited: 18,
    rejected: 17,
    expired: 16,
    failed: 14,
    unknown: 13,
    succeeded: 15,
  },
  updated_at: '2026-03-30T12:00:00Z',
  first_at: '2026-01-01T00:00:00Z',
  demo: false,
}

/** The answer with some of its figures changed. */
export function withFigure(key: string, more: Partial<Figure>): Analytics {
  return {
    ...ANALYTICS,
    figures: FIGURES.map((one) => (one.key === key ? { ...one, ...more } : one)),
  }
}

/** Three days of a figure, each of few. */
export function series(name: string): Series {
  return {
    figure: name,
    points: [1, 2, 3].map((day) => ({
      at: `2026-03-0${day}T00:00:00Z`,
      value: day * 10,
      count: day,
      few: true,
    })),
  }
}

function tool(name: string, calls: number, failed: number, p95: number): Analytics['tools'][number] {
  return {
    name,
    conversations: calls,
    calls,
    failed,
    unknown: 0,
    success_rate: ((calls - failed) / calls) * 100,
    p50_ms: p95 / 2,
    p95_ms: p95,
    few: calls < 10,
  }
}
