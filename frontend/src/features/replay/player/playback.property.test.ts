import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reduce } from '../../../conversation/reducer'
import { EMPTY, type NumberedFrame } from '../../../conversation/state'
import { frames } from '../../../testing/frames'
import { cutAt, LONGEST_SILENCE_MS, Player, recordingOf } from './playback'
import { records } from '../record-fixtures'
import { stepsOf, STORY } from '../fixtures'

// Any conversation at all, sensible or not, at any pace.
const id = (prefix: string) => fc.integer({ min: 1, max: 4 }).map((n) => `${prefix}${n}`)
const anything = fc.oneof(
  fc.tuple(fc.string({ maxLength: 20 }), id('m')).map(([text, key]) => frames.message(text, key)),
  fc
    .tuple(id('a'), fc.string({ unit: 'grapheme', maxLength: 30 }))
    .map(([key, text]) => frames.token(key, text)),
  id('c').map((key) => frames.toolCall(key)),
  id('c').map((key) => frames.toolResult(key)),
  fc.tuple(id('i'), id('c')).map(([key, call_id]) => frames.interrupt(key, { call_id })),
  fc
    .tuple(id('i'), fc.constantFrom('approved' as const, 'rejected' as const, 'edited' as const))
    .map(([key, decision]) => frames.interruptResolved(key, decision)),
  id('i').map((key) => frames.interruptExpired(key)),
  fc.constant(frames.clarification('Which one?', ['A', 'B'])),
  fc.boolean().map((cancelled) => frames.messageComplete({ cancelled })),
  id('m').map((message_id) => frames.error({ message_id })),
  fc
    .tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 900 }))
    .map(([ms, first]) => records.modelCalled(ms, first)),
  fc.constant(records.routed()),
)
const pace = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 0, max: 5000 }),
  fc.constant(9_000_000),
)
const conversation = fc
  .array(fc.tuple(pace, anything), { maxLength: 24 })
  .map((entries) => stepsOf(...entries))
const share = fc.double({ min: -0.1, max: 1.1, noNaN: true })

describe('playback', () => {
  it('shows the same at a moment, however one got there', () => {
    fc.assert(
      fc.property(conversation, fc.array(share, { maxLength: 12 }), (steps, path) => {
        const recording = recordingOf(steps)
        const player = new Player()
        for (const part of path) {
          const ms = recording.lengthMs * part
          expect(player.at(recording, ms)).toEqual(new Player().at(recording, ms))
        }
      }),
    )
  })

  it('shows the same as playing straight, picture by picture', () => {
    fc.assert(
      fc.property(conversation, share, (steps, part) => {
        const recording = recordingOf(steps)
        const end = recording.lengthMs * part
        const player = new Player()
        for (let ms = 0; ms < end; ms += Math.max(16, end / 50)) player.at(recording, ms)
        expect(player.at(recording, end)).toEqual(new Player().at(recording, end))
      }),
    )
  })

  it('ends with what the live chat shows: each event told one by one', () => {
    fc.assert(
      fc.property(conversation, (steps) => {
        const recording = recordingOf(steps)
        const seen = steps.filter((step) => step.visible).map((step) => step.frame as NumberedFrame)
        const frames = seen.reduce(
          (state, frame) => reduce(state, { type: 'frames', frames: [frame] }),
          EMPTY,
        )
        expect(new Player().at(recording, recording.lengthMs)).toEqual(frames)
      }),
    )
  })

  it('never goes backwards: later moments have at least as much', () => {
    fc.assert(
      fc.property(conversation, share, share, (steps, one, other) => {
        const recording = recordingOf(steps)
        const [early, late] = [one, other].sort((a, b) => a - b)
        const before = cutAt(recording, recording.lengthMs * (early ?? 0))
        const after = cutAt(recording, recording.lengthMs * (late ?? 0))
        expect(after.whole).toBeGreaterThanOrEqual(before.whole)
        if (after.whole === before.whole && before.piece?.type === 'token' && after.piece?.type === 'token') {
          expect(after.piece.content.startsWith(before.piece.content)).toBe(true)
        }
      }),
    )
  })

  it('has beats in order, and no silence longer than it may be', () => {
    fc.assert(
      fc.property(conversation, (steps) => {
        let end = 0
        for (const cue of recordingOf(steps).cues) {
          expect(cue.from - end).toBeGreaterThanOrEqual(0)
          expect(cue.from - end).toBeLessThanOrEqual(LONGEST_SILENCE_MS)
          expect(cue.until).toBeGreaterThanOrEqual(cue.from)
          end = cue.until
        }
      }),
    )
  })

  it('goes on from where it is when the conversation has grown', () => {
    const player = new Player()
    const short = recordingOf(STORY.slice(0, 10))
    const long = recordingOf(STORY)
    player.at(short, short.lengthMs)
    expect(player.at(long, long.lengthMs)).toEqual(new Player().at(long, long.lengthMs))
    expect(player.at(short, 0)).toEqual(new Player().at(short, 0))
  })
})
