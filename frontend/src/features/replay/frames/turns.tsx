// Frame specs of what only staff see of a turn: how it began, who was chosen, what models did; and of a redaction.
import { agentName } from '../../../conversation/format'
import { count, counted, duration, firstLine, money, percent } from '../format'
import type { FrameOf } from '../types'
import { RoutedDetails } from './frame-details'
import type { FrameSpecs } from './spec'

type Turns = Pick<
  FrameSpecs,
  'turn_started' | 'routed' | 'model_called' | 'model_failed' | 'claim_corrected' | 'redacted'
>

const BEGINNINGS: Record<FrameOf<'turn_started'>['kind'], string> = {
  message: 'after a message',
  answer: 'after an answer to an approval',
  expiry: 'after an approval expired',
}

const DECISIONS: Record<string, string> = {
  model: 'by the model',
  active: 'a follow-up',
  agent: 'handed over by an agent',
  single: 'the only agent',
}

export const TURNS: Turns = {
  turn_started: {
    defaults: {},
    line: ({ kind, attempt, model }) => ({
      icon: 'turn',
      title: attempt > 1 ? `Turn tried again (attempt ${attempt})` : 'Turn began',
      text: BEGINNINGS[kind],
      facts: [model],
    }),
    properties: ({ model, attempt }) => [
      ['Model', model],
      ['Attempt', String(attempt)],
    ],
  },
  routed: {
    defaults: { intents: [], candidates: [] },
    line: ({ intents, candidates, by }) => ({
      icon: 'route',
      title: `To ${intents.map(({ agent }) => agentName(agent)).join(', then ') || 'nobody'}`,
      text: firstLine(intents[0]?.reason ?? ''),
      facts: [
        ...(intents[0] ? [percent(intents[0].confidence)] : []),
        DECISIONS[by] ?? `by ${by}`,
        ...(candidates.length > 1 ? [`${candidates.length} considered`] : []),
      ],
    }),
    properties: ({ by }) => [['Decided', DECISIONS[by] ?? `by ${by}`]],
    details: (frame) => <RoutedDetails frame={frame} />,
  },
  model_called: {
    defaults: { cost_usd: null, time_to_first_token_ms: null, estimated: false },
    line: (frame) => ({
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
    properties: (frame) => [
      ['Model', frame.model],
      ['Tokens in', count(frame.prompt_tokens)],
      ['Tokens out', count(frame.completion_tokens) + (frame.estimated ? ' (estimated)' : '')],
      ['Cost', frame.cost_usd === null ? 'not known' : money(frame.cost_usd)],
      [
        'First token after',
        frame.time_to_first_token_ms === null ? null : duration(frame.time_to_first_token_ms),
      ],
    ],
  },
  model_failed: {
    defaults: { message: '', http_status: null },
    line: ({ model, agent, code, message, http_status }) => ({
      icon: 'bad',
      title: `${model} failed`,
      text: `for ${agentName(agent)}${message && `: ${message}`}`,
      facts: [code, ...(http_status === null ? [] : [`HTTP ${http_status}`])],
      tone: 'bad',
    }),
    text: ({ message }) => message,
    properties: ({ model, code, http_status }) => [
      ['Model', model],
      ['Code', code],
      ['Status', http_status === null ? null : String(http_status)],
    ],
  },
  claim_corrected: {
    defaults: { message_id: '' },
    line: ({ agent, quote }) => ({
      icon: 'bad',
      title: `${agentName(agent)} was corrected`,
      text: firstLine(quote),
      facts: [],
      tone: 'bad',
    }),
    text: ({ quote }) => `This is not on record, and the customer was told so: “${quote}”`,
  },
  redacted: {
    defaults: { reason: '', events: 0 },
    line: ({ by, reason, events }) => ({
      icon: 'erased',
      title: 'Redacted',
      text: reason,
      facts: [`by ${by || 'staff'}`, counted(events, 'event')],
    }),
    text: ({ reason }) => reason,
  },
}
