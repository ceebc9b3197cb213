import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ServerFrame } from '../api/protocol.gen'
import { frames, numbered } from '../testing/frames'
import { after } from '../testing/reduce-frames'
import { type ConversationState } from './state'
import { view } from './view'

const id = (prefix: string) => fc.integer({ min: 1, max: 4 }).map((n) => `${prefix}${n}`)
const text = fc.string({ unit: 'grapheme', maxLength: 12 })

// Any event at all, related to the others by few ids, sensible or not: the reducer trusts no order of events.
const event: fc.Arbitrary<ServerFrame> = fc.oneof(
  fc.tuple(text, id('m')).map(([content, key]) => frames.message(content, key)),
  fc.tuple(id('a'), text).map(([key, content]) => frames.token(key, content)),
  id('c').map((key) => frames.toolCall(key)),
  fc
    .tuple(
      id('c'),
      fc.boolean(),
      fc.constantFrom('succeeded' as const, 'failed' as const, 'unknown' as const),
    )
    .map(([key, ok, outcome]) => frames.toolResult(key, { ok, outcome })),
  fc
    .tuple(id('i'), id('c'), fc.boolean())
    .map(([key, call_id, edited]) => frames.interrupt(key, { call_id, edited_from: edited ? {} : null })),
  fc
    .tuple(id('i'), fc.constantFrom('approved' as const, 'rejected' as const, 'edited' as const))
    .map(([key, decision]) => frames.interruptResolved(key, decision)),
  id('i').map((key) => frames.interruptExpired(key)),
  text.map((message) => frames.clarification(message, ['A', 'B'])),
  text.map((message) => frames.escalated(message)),
  fc.record({ cancelled: fc.boolean(), ended: fc.boolean() }).map((more) => frames.messageComplete(more)),
  fc.option(id('m')).map((message_id) => frames.error({ message_id })),
  fc.integer({ min: 1, max: 5 }).map((rating) => frames.feedback(rating)),
)

const log = fc.array(event, { maxLength: 24 }).map((events) => numbered(events))

const shuffled = log.chain((events) =>
  fc.tuple(
    fc.constant(events),
    fc.shuffledSubarray(events, { minLength: events.length }),
    fc.subarray(events),
  ),
)

describe('the reducer', () => {
  it('shows the same for any order of the numbered events, with duplicates', () => {
    fc.assert(
      fc.property(shuffled, ([events, mixed, again]) => {
        expect(view(after([...mixed, ...again]))).toEqual(view(after(events)))
      }),
    )
  })

  it('tells the same story for any cut into batches', () => {
    fc.assert(
      fc.property(log, fc.nat(24), (events, cut) => {
        const inTwo = after(events.slice(cut), after(events.slice(0, cut)))
        expect(inTwo.story).toEqual(after(events).story)
      }),
    )
  })

  it('catches up to the same after a gap', () => {
    fc.assert(
      fc.property(log, fc.nat(24), fc.nat(24), (events, from, length) => {
        const gap = events.slice(from, from + length)
        const rest = events.filter((known) => !gap.includes(known))
        expect(view(after(gap, after(rest)))).toEqual(view(after(events)))
      }),
    )
  })

  it('never changes a state it was given', () => {
    fc.assert(
      fc.property(log, event, (events, extra) => {
        const state = after(events)
        const before = structuredClone(state)
        after(numbered([extra], 100), state)
        expect(state).toEqual(before)
      }),
    )
  })

  it('gives every item a key of its own, as long as the server gives every thing an id of its own', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
        const events = texts.flatMap((content, n) => [
          frames.message(content, `m${n}`),
          frames.toolCall(`c${n}`),
          frames.token(`a${n}`, content),
          frames.error({ message_id: `m${n}` }),
        ])
        const keys = view(after(numbered(events))).items.map((item) => item.key)
        expect(new Set(keys).size).toBe(keys.length)
      }),
    )
  })
})

/** A text in pieces that overlap, come twice, or are missing, as after reconnects. */
const torn = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).chain((whole) => {
  const piece = fc.tuple(fc.nat(whole.length), fc.nat(whole.length)).map(([one, other]) => {
    const [from, to] = one < other ? [one, other] : [other, one]
    return frames.liveToken('a1', whole.slice(from, to), from)
  })
  return fc.tuple(fc.constant(whole), fc.array(piece, { maxLength: 12 }))
})

function writing(state: ConversationState): string {
  return view(state).items.flatMap((item) => (item.kind === 'agent' ? [item.text] : []))[0] ?? ''
}

describe('live text', () => {
  it('is always a beginning of the whole, whatever pieces come', () => {
    fc.assert(
      fc.property(torn, ([whole, pieces]) => {
        expect(whole.startsWith(writing(after(pieces)))).toBe(true)
      }),
    )
  })

  it('is whole once every piece has come in order, with whatever in between', () => {
    fc.assert(
      fc.property(torn, ([whole, noise]) => {
        const all = whole.split('').flatMap((unit, n) => [frames.liveToken('a1', unit, n), noise[n] ?? []])
        expect(writing(after(all.flat()))).toBe(whole)
      }),
    )
  })

  it('never outlives nor changes the finished message, wherever that comes among the pieces', () => {
    fc.assert(
      fc.property(torn, fc.nat(12), ([whole, pieces], place) => {
        const mixed = pieces.toSpliced(place, 0, ...numbered([frames.token('a1', whole)], 7))
        const state = after(mixed)
        expect(writing(state)).toBe(whole)
        expect(state.live).toEqual([])
      }),
    )
  })
})
