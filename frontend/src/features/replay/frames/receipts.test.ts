import { expect, it } from 'vitest'
import { frames } from '../../../testing/frames'
import { records } from '../record-fixtures'
import type { StoredFrame } from '../types'
import { describeStep, textOf, withDefaults } from './frames'

const stepOf = (frame: StoredFrame) => ({
  seq: 1,
  at: '2026-03-01T10:00:00Z',
  type: frame.type,
  visible: true,
  frame,
  agent: null,
  duration_ms: null,
  prompt_tokens: null,
  completion_tokens: null,
  cost_usd: null,
  turn_id: null,
})

const failed = { call_id: 'c1', tool: 'cancel_order', title: 'Cancel an order', state: 'failed' as const }

it('tells what a receipt came to', () => {
  const receipt = frames.receipt('r1', { lines: [failed], language: 'de' }) as StoredFrame
  expect(describeStep(stepOf(receipt))).toMatchObject({
    title: 'Receipt',
    text: 'Nothing was changed.',
    facts: ['1 line'],
  })
  expect(textOf(withDefaults(receipt))).toBe('Cancel an order: not done: it failed. Nothing was changed.')
})

it('tells what was corrected', () => {
  expect(describeStep(stepOf(records.claimCorrected()))).toMatchObject({
    title: 'Orders was corrected',
    text: 'Your order is cancelled.',
    tone: 'bad',
  })
})
