import { describe, expect, it } from 'vitest'
import type { ReceiptLine, ServerFrame } from '../api/protocol.gen'
import { frames, numbered } from '../testing/frames'
import { LANGUAGES, receiptText, receiptWords } from './receipt-words'
import { reduce } from './reducer'
import { EMPTY } from './state'
import { view } from './view'

const STATES = ['succeeded', 'failed', 'rejected', 'expired', 'unknown', 'waiting'] as const

const line = (state: ReceiptLine['state'], call_id = 'c1'): ReceiptLine => ({
  call_id,
  tool: 'cancel_order',
  title: 'Cancel an order',
  args: { order_id: '1042' },
  state,
})

const after = (...given: ServerFrame[]) => reduce(EMPTY, { type: 'frames', frames: numbered(given) })

describe('the words of a receipt', () => {
  it.each(LANGUAGES)('are all there in %s, and no two states or sums read alike', (language) => {
    const { words } = receiptWords([language])
    const states = STATES.map((state) => words.states[state])
    const sums = [words.changed.no, words.changed.not_yet, words.changed.unknown]
    expect(new Set(states).size).toBe(STATES.length)
    expect(new Set(sums).size).toBe(3)
    expect([words.title, ...states, ...sums].every((text) => text.trim() !== '')).toBe(true)
  })

  it('are of the first language that there are words for, whatever its region', () => {
    expect(receiptWords(['gsw-CH', 'de-CH', 'en']).language).toBe('de')
    expect(receiptWords(['ar-EG'])).toMatchObject({ language: 'ar', dir: 'rtl' })
    expect(receiptWords(['tlh']).language).toBe('en')
    expect(receiptWords([]).language).toBe('en')
  })

  it('say what became of each thing, and that nothing was changed where nothing was', () => {
    const { words } = receiptWords(['de'])
    expect(receiptText({ lines: [line('rejected')], changed: 'no' }, words)).toBe(
      'Cancel an order: nicht erledigt: abgelehnt. Es wurde nichts geändert.',
    )
    expect(receiptText({ lines: [line('succeeded')], changed: 'yes' }, words)).toBe(
      'Cancel an order: erledigt.',
    )
  })
})

describe('a receipt in the conversation', () => {
  it('stands at the end, in the place of the one before of the same request', () => {
    const state = after(
      frames.message('Cancel 1042', 'm1'),
      frames.receipt('r1', { lines: [line('waiting')], changed: 'not_yet' }),
      frames.message('And 1043?', 'm2'),
      frames.receipt('r2'),
      frames.receipt('r1', { lines: [line('succeeded')], changed: 'yes' }),
    )
    const receipts = state.story.items.filter((item) => item.kind === 'receipt')
    expect(receipts.map((item) => [item.key, item.receipt.changed])).toEqual([
      ['receipt-r2', 'no'],
      ['receipt-r1', 'yes'],
    ])
  })

  it('does not go on saying that something waits which has been decided', () => {
    const asked = [
      frames.message('Cancel 1042', 'm1'),
      frames.interrupt('i1', { call_id: 'c1' }),
      frames.receipt('r1', { lines: [line('waiting')], changed: 'not_yet' }),
    ]
    expect(after(...asked).story.items.at(-1)?.kind).toBe('receipt')
    const decided = after(...asked, frames.interruptResolved('i1', 'approved'))
    expect(decided.story.items.some((item) => item.kind === 'receipt')).toBe(false)
  })

  it('neither begins nor ends a turn', () => {
    const running = after(frames.message('Hi', 'm1'), frames.token('a1', 'Hello.'), frames.receipt('r1'))
    expect(view(running).running).toBe(true)
    const over = after(frames.message('Hi', 'm1'), frames.messageComplete(), frames.receipt('r1'))
    expect(view(over).running).toBe(false)
  })

  it('is announced where it has something to say, and leaves the answer announced where it has not', () => {
    const said = [frames.message('Hi', 'm1'), frames.token('a1', 'It is on its way.')]
    expect(view(after(...said, frames.receipt('r1'))).announcement).toBe('It is on its way.')
    const receipt = frames.receipt('r1', { lines: [line('failed')], changed: 'no', language: 'en' })
    expect(view(after(...said, receipt)).announcement).toBe(
      'Cancel an order: not done: it failed. Nothing was changed.',
    )
  })
})
