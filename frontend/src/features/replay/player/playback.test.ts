import { describe, expect, it } from 'vitest'
import { EMPTY } from '../../../conversation/state'
import { view } from '../../../conversation/view'
import { frames } from '../../../testing/frames'
import {
  cueAfter,
  cueBefore,
  CHARS_PER_SECOND,
  cutAt,
  LONGEST_SILENCE_MS,
  LONGEST_WRITING_MS,
  momentOf,
  Player,
  realTimeAt,
  recordingOf,
  silenceAt,
} from './playback'
import { records } from '../record-fixtures'
import { stepOf, stepsOf, STORY } from '../fixtures'
import type { Step } from '../types'

const textAt = (steps: readonly Step[], ms: number) =>
  view(new Player().at(recordingOf(steps), ms)).items.map((item) => ('text' in item ? item.text : item.kind))

describe('a recording', () => {
  it('of nothing has no length and shows nothing', () => {
    const recording = recordingOf([])
    expect(recording).toEqual({ cues: [], lengthMs: 0 })
    expect(new Player().at(recording, 5)).toEqual(EMPTY)
    expect(realTimeAt(recording, 0)).toBeNull()
  })

  it('begins with the first thing that the customer saw', () => {
    const { cues } = recordingOf(stepsOf([0, records.turnStarted()], [900, frames.message('Hello', 'm1')]))
    expect(cues.map((cue) => [cue.frame.type, cue.from, cue.until])).toEqual([['message', 0, 0]])
  })

  it('leaves out what only staff see', () => {
    const types = recordingOf(STORY).cues.map((cue) => cue.frame.type)
    expect(types).not.toContain('routed')
    expect(types).toHaveLength(STORY.filter((step) => step.visible).length)
  })

  it('keeps short silences as they were and shortens long ones, saying by how much', () => {
    const recording = recordingOf(
      stepsOf([0, frames.message('A', 'm1')], [700, frames.feedback(4)], [3_600_000, frames.feedback(5)]),
    )
    expect(recording.cues.map((cue) => cue.until)).toEqual([0, 700, 700 + LONGEST_SILENCE_MS])
    expect(silenceAt(recording, 300)).toBe(0)
    expect(silenceAt(recording, 701)).toBe(3_600_000 - LONGEST_SILENCE_MS)
    expect(silenceAt(recording, recording.lengthMs)).toBe(0)
  })

  it('writes a message from its first token on, as the call of the model that follows it says', () => {
    const steps = stepsOf(
      [0, frames.message('Hi', 'm1')],
      [1000, frames.token('a1', 'Hello there')],
      [0, records.modelCalled(800, 200)],
    )
    expect(recordingOf(steps).cues[1]).toMatchObject({ from: 400, until: 1000 })
  })

  it('also where the call was recorded right before it', () => {
    const steps = stepsOf(
      [0, frames.message('Hi', 'm1')],
      [990, records.modelCalled(800, 200)],
      [10, frames.token('a1', 'Hello there')],
    )
    expect(recordingOf(steps).cues[1]).toMatchObject({ from: 390, until: 1000 })
  })

  it('does not take a later call, or one of another agent, for the one that wrote it', () => {
    const other = { ...records.modelCalled(5000, 0), agent: 'returns' }
    for (const call of [other, records.modelCalled(10, 0)]) {
      const steps = stepsOf(
        [0, frames.message('Hi', 'm1')],
        [4000, frames.token('a1', 'x'.repeat(CHARS_PER_SECOND))],
        [900, call],
      )
      expect(recordingOf(steps).cues[1]).toMatchObject({ from: LONGEST_SILENCE_MS })
      const [, cue] = recordingOf(steps).cues
      expect((cue?.until ?? 0) - (cue?.from ?? 0)).toBe(1000)
    }
  })

  it('never writes longer than one may wait, nor before what came before', () => {
    const slow = recordingOf(
      stepsOf(
        [0, frames.message('Hi', 'm1')],
        [90_000, frames.token('a1', 'x')],
        [0, records.modelCalled(89_000, 0)],
      ),
    )
    const [, message] = slow.cues
    expect((message?.until ?? 0) - (message?.from ?? 0)).toBe(LONGEST_WRITING_MS)
    const tight = recordingOf(
      stepsOf([0, frames.message('Hi', 'm1')], [10, frames.token('a1', 'x'.repeat(900))]),
    )
    expect(tight.cues[1]).toMatchObject({ from: 0, until: 10 })
  })

  it('survives clocks that went backwards and moments that make no sense', () => {
    const steps = [
      stepOf(frames.message('A', 'm1'), 1, 5000),
      stepOf(frames.token('a1', 'B'), 2, 3000),
      { ...stepOf(frames.feedback(3), 3, 0), at: 'soon' },
    ]
    const recording = recordingOf(steps)
    expect(recording.lengthMs).toBe(0)
    expect(textAt(steps, 0)).toEqual(['A', 'B'])
  })
})

describe('a moment', () => {
  const steps = stepsOf(
    [0, frames.message('Hi', 'm1')],
    [1000, frames.token('a1', '👋🏽 abcd')],
    [0, records.modelCalled(1000, 0)],
    [100, frames.messageComplete()],
  )

  it('shows a message as far as it was written', () => {
    expect(textAt(steps, 0)).toEqual(['Hi'])
    expect(textAt(steps, 800)).toEqual(['Hi', '👋🏽 ab'])
    expect(textAt(steps, 1000)).toEqual(['Hi', '👋🏽 abcd'])
  })

  it('never shows half of a character', () => {
    const recording = recordingOf(steps)
    for (let ms = 0; ms <= recording.lengthMs; ms += 7) {
      const { piece } = cutAt(recording, ms)
      if (piece?.type === 'token') expect(() => encodeURIComponent(piece.content)).not.toThrow()
    }
  })

  it('shows it as being written, and as told when it is whole', () => {
    const [, writing] = view(new Player().at(recordingOf(steps), 500)).items
    const [, result] = view(new Player().at(recordingOf(steps), 1000)).items
    expect(writing).toMatchObject({ kind: 'agent', live: true, at: null, agent: 'orders' })
    expect(result).toMatchObject({ kind: 'agent', live: false })
  })

  it('can be found by step, by the next and by the one before', () => {
    const recording = recordingOf(STORY)
    const ends = recording.cues.map((cue) => cue.until)
    expect(momentOf(recording, 5)).toBe(ends[2])
    // A step that the customer did not see leads to what they saw next.
    expect(momentOf(recording, 9)).toBe(momentOf(recording, 11))
    expect(momentOf(recording, 9999)).toBe(recording.lengthMs)
    expect(cueAfter(recording, recording.lengthMs)).toBe(recording.lengthMs)
    expect(cueBefore(recording, 0)).toBe(0)
    const forward = [0]
    while ((forward.at(-1) ?? 0) < recording.lengthMs) forward.push(cueAfter(recording, forward.at(-1) ?? 0))
    expect(forward.slice(1)).toEqual([...new Set(ends)].filter((end) => end > 0))
    expect(cueBefore(recording, forward.at(-1) ?? 0)).toBe(forward.at(-2))
  })

  it('knows when it really was', () => {
    const recording = recordingOf(STORY)
    expect(realTimeAt(recording, 0)).toBe(STORY[0]?.at)
    expect(realTimeAt(recording, recording.lengthMs)).toBe(STORY.at(-1)?.at)
  })
})
