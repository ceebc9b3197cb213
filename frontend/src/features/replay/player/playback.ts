// Playback of a conversation: a recording of timed cues, and its state at any moment. Long silences are cut short.
import type { ServerFrame } from '../../../api/protocol.gen'
import { reduce } from '../../../conversation/reducer'
import { EMPTY, type ConversationState, type NumberedFrame } from '../../../conversation/state'
import type { FrameOf, Step } from '../types'

/** A silence longer than this is played as one of this length: long enough to be felt, short enough to sit through. */
export const LONGEST_SILENCE_MS = 2500
/** Where it was not recorded how long a message took to be written: as fast as one reads. */
export const CHARS_PER_SECOND = 90
/** A message is never seen being written for longer, whatever was recorded. */
export const LONGEST_WRITING_MS = 20_000

/** Something that the customer saw, and when; in milliseconds of the recording, in which long silences are short. */
interface Cue {
  readonly frame: NumberedFrame
  /** When it begins to appear: a message is written from here on, everything else is there at once. */
  readonly from: number
  /** When all of it is there. */
  readonly until: number
  /** How much of the silence before it is left out. */
  readonly skipped: number
}

/** A conversation as the customer saw it. */
export interface Recording {
  readonly cues: readonly Cue[]
  readonly lengthMs: number
}

/** Make a recording of steps, which must come in the order of their numbers. */
export function recordingOf(steps: readonly Step[]): Recording {
  const written = writingTimes(steps)
  const cues: Cue[] = []
  let real: number | null = null
  let played = 0
  for (const step of steps) {
    if (!step.visible) continue
    const moment = Date.parse(step.at)
    const before: number = real ?? moment
    const over = Number.isNaN(moment) ? before : Math.max(before, moment)
    const begun = Math.max(before, over - (written.get(step.seq) ?? 0))
    const silence = begun - before
    const from = played + Math.min(silence, LONGEST_SILENCE_MS)
    const until = from + (over - begun)
    const frame = step.frame as NumberedFrame
    cues.push({ frame, from, until, skipped: silence - Math.min(silence, LONGEST_SILENCE_MS) })
    real = over
    played = until
  }
  return { cues, lengthMs: played }
}

/** How long each message took to be written: from the call of the model that wrote it, or guessed by its length. */
function writingTimes(steps: readonly Step[]): ReadonlyMap<number, number> {
  const times = new Map<number, number>()
  const calls = steps.filter((step) => step.type === 'model_called')
  const matched = new Set<Step>()
  let next = 0
  for (const step of steps) {
    if (step.type === 'model_called') next += 1
    if (step.frame.type !== 'token') continue
    const call = [calls[next], calls[next - 1]].find((one) => one && !matched.has(one) && wrote(one, step))
    if (call) matched.add(call)
    const guess = (step.frame.content.length / CHARS_PER_SECOND) * 1000
    const time = call ? Date.parse(step.at) - firstTokenAt(call) : guess
    times.set(step.seq, Math.min(LONGEST_WRITING_MS, Math.max(0, time)))
  }
  return times
}

/** Whether a call of a model wrote a message: the same agent in the same turn, asked before the message was whole. */
function wrote(call: Step, message: Step): boolean {
  if (call.turn_id !== message.turn_id || call.agent !== message.agent) return false
  return Date.parse(call.at) - (call.duration_ms ?? 0) <= Date.parse(message.at)
}

function firstTokenAt(call: Step): number {
  const frame = call.frame as FrameOf<'model_called'>
  return Date.parse(call.at) - frame.duration_ms + (frame.time_to_first_token_ms ?? 0)
}

/** What is there at a moment: so many beats whole, and of the next one perhaps a piece. */
export interface Cut {
  readonly whole: number
  readonly piece: ServerFrame | null
}

export function cutAt({ cues }: Recording, ms: number): Cut {
  const whole = countUntil(cues, ms)
  const next = cues[whole]
  if (next?.frame.type !== 'token' || ms <= next.from) return { whole, piece: null }
  const share = (ms - next.from) / (next.until - next.from)
  const content = headOf(next.frame.content, Math.floor(next.frame.content.length * share))
  // As it came then: a live piece has no number and no time.
  return { whole, piece: content === '' ? null : { ...next.frame, content, offset: 0, seq: null, at: null } }
}

/** How many beats are over at a moment; beats end in order, so half of the rest is ruled out at a time. */
function countUntil(cues: readonly Cue[], ms: number): number {
  let from = 0
  let to = cues.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((cues[middle]?.until ?? Infinity) <= ms) from = middle + 1
    else to = middle
  }
  return from
}

/** The beginning of a text; never half of a character that takes two code units. */
function headOf(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  const halved = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, halved ? length - 1 : length)
}

/** What the customer saw at a moment, for many moments one after another: only what is new is reduced each time. */
export class Player {
  private frames: readonly NumberedFrame[] = []
  private state: ConversationState = EMPTY

  at(recording: Recording, ms: number): ConversationState {
    const { whole, piece } = cutAt(recording, ms)
    const last = this.frames.at(-1)
    // Back in time, or another recording: from the beginning.
    if (this.frames.length > whole || (last && recording.cues[this.frames.length - 1]?.frame !== last)) {
      this.frames = []
      this.state = EMPTY
    }
    if (whole > this.frames.length) {
      const frames = recording.cues.slice(this.frames.length, whole).map((cue) => cue.frame)
      this.state = reduce(this.state, { type: 'frames', frames })
      this.frames = recording.cues.slice(0, whole).map((cue) => cue.frame)
    }
    return piece ? reduce(this.state, { type: 'frames', frames: [piece] }) : this.state
  }
}

/** The moment at which the next beat is whole; the end where none follows. */
export function cueAfter({ cues, lengthMs }: Recording, ms: number): number {
  return cues.find((cue) => cue.until > ms)?.until ?? lengthMs
}

/** The moment at which the beat before was whole; the beginning where there was none. */
export function cueBefore({ cues }: Recording, ms: number): number {
  return cues.findLast((cue) => cue.until < ms)?.until ?? 0
}

/** The moment at which a step is there, or the first one after it that the customer saw. */
export function momentOf({ cues, lengthMs }: Recording, seq: number): number {
  return cues.find((cue) => cue.frame.seq >= seq)?.until ?? lengthMs
}

/** The number of the last step that is whole at a moment; null before the first. */
export function stepAt({ cues }: Recording, ms: number): number | null {
  return cues[countUntil(cues, ms) - 1]?.frame.seq ?? null
}

/** How long the silence really was that is being played at a moment; 0 where it is played as it was. */
export function silenceAt({ cues }: Recording, ms: number): number {
  const next = cues[countUntil(cues, ms)]
  return next && ms < next.from ? next.skipped : 0
}

/** When the moment was, in real time; null where nothing was recorded. */
export function realTimeAt({ cues }: Recording, ms: number): string | null {
  const at = Math.max(0, countUntil(cues, ms) - 1)
  return cues[at]?.frame.at ?? null
}
