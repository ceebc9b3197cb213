// Frame specs of what was said in a conversation, and how it ended.
import { agentName } from '../../../conversation/format'
import { receiptText, receiptWords } from '../../../conversation/receipt-words'
import { count, counted, firstLine, money } from '../format'
import type { FrameSpecs } from './spec'

type Messages = Pick<
  FrameSpecs,
  'message' | 'token' | 'clarification' | 'escalated' | 'receipt' | 'feedback' | 'message_complete' | 'error'
>

// Staff read the timeline in English, as the rest of their pages.
const { words } = receiptWords(['en'])

export const MESSAGES: Messages = {
  message: {
    defaults: {},
    line: ({ content }) => ({ icon: 'customer', title: 'Customer', text: firstLine(content), facts: [] }),
    text: ({ content }) => content,
  },
  token: {
    defaults: {},
    line: ({ agent, content }) => ({
      icon: 'agent',
      title: agentName(agent),
      text: firstLine(content),
      facts: [],
    }),
    text: ({ content }) => content,
  },
  clarification: {
    defaults: { message: '', options: [] },
    line: ({ message, options }) => ({
      icon: 'agent',
      title: 'Asked back',
      text: firstLine(message),
      facts: options.length > 0 ? [counted(options.length, 'option')] : [],
    }),
    text: ({ message, options }) => [message, ...options.map((option) => `• ${option}`)].join('\n'),
  },
  escalated: {
    defaults: { reason: '', message: '' },
    line: ({ reason }) => ({
      icon: 'person',
      title: 'Handed over to a person',
      text: reason,
      facts: [],
      tone: 'consent',
    }),
    text: ({ message }) => message,
    properties: ({ reason }) => [['Reason', reason]],
    mark: () => 'escalation',
  },
  receipt: {
    defaults: { lines: [], language: '' },
    line: ({ lines, changed }) => ({
      icon: changed === 'unknown' ? 'bad' : changed === 'yes' ? 'good' : 'turn',
      title: 'Receipt',
      text: changed === 'yes' ? 'Something was changed.' : words.changed[changed],
      facts: lines.length > 0 ? [counted(lines.length, 'line')] : [],
    }),
    text: (receipt) => receiptText(receipt, words),
    properties: ({ language }) => [['Customer writes in', language]],
  },
  feedback: {
    defaults: { comment: null },
    line: ({ rating, comment }) => ({
      icon: 'rating',
      title: `Rated ${rating} of 5`,
      text: comment ?? '',
      facts: [],
    }),
    text: ({ comment }) => comment ?? '',
    mark: () => 'feedback',
  },
  message_complete: {
    defaults: { cancelled: false, ended: false },
    line: ({ usage, cancelled, ended }) => ({
      icon: 'turn',
      title: ended ? 'Conversation ended' : cancelled ? 'Stopped by the customer' : 'Turn over',
      text: '',
      facts: [
        counted(usage.model_calls, 'model call'),
        `${count(usage.prompt_tokens)} → ${count(usage.completion_tokens)} tokens`,
        ...(usage.cost_usd === null ? [] : [money(usage.cost_usd)]),
      ],
    }),
  },
  error: {
    defaults: { message: '' },
    line: ({ code, message }) => ({ icon: 'bad', title: 'Error', text: message, facts: [code], tone: 'bad' }),
    text: ({ message }) => message,
    properties: ({ code, retryable }) => [
      ['Code', code],
      ['Can be tried again', retryable ? 'yes' : 'no'],
    ],
    mark: () => 'error',
  },
}
