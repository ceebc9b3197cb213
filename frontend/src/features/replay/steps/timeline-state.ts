// State reducer of the timeline: cursor, open steps, jumps.
import type { Mark } from '../types'

/** Where a reader is in a timeline: the step where the keyboard stands, and the steps that are open. */
export interface TimelineState {
  readonly cursor: number
  readonly open: ReadonlySet<number>
  /** Counts the moves that the list has to follow. */
  readonly jumps: number
  /** A jump brings its step to the top, a step aside only into sight. */
  readonly align: 'start' | 'auto'
}

export type Move =
  | { type: 'by'; by: number; last: number }
  | { type: 'to'; seq: number; open?: boolean }
  | { type: 'toggle'; seq: number }
  | { type: 'closeAll' }

export function timelineAt(seq: number | null): TimelineState {
  return seq === null
    ? { cursor: 1, open: new Set(), jumps: 0, align: 'auto' }
    : { cursor: seq, open: new Set([seq]), jumps: 1, align: 'start' }
}

export function move(place: TimelineState, step: Move): TimelineState {
  switch (step.type) {
    case 'by': {
      const cursor = Math.min(Math.max(1, place.cursor + step.by), Math.max(1, step.last))
      return { ...place, cursor, jumps: place.jumps + 1, align: 'auto' }
    }
    case 'to': {
      const open = step.open ? new Set([...place.open, step.seq]) : place.open
      return { cursor: step.seq, open, jumps: place.jumps + 1, align: 'start' }
    }
    case 'toggle': {
      const open = new Set(place.open)
      if (!open.delete(step.seq)) open.add(step.seq)
      return { ...place, cursor: step.seq, open }
    }
    case 'closeAll':
      return { ...place, open: new Set() }
  }
}

/** The next mark of a kind after a step, or the one before it; round and round. Null where there is none. */
export function nextMark(
  marks: readonly Mark[],
  kind: Mark['kind'],
  cursor: number,
  backwards = false,
): number | null {
  const places = marks.filter((mark) => mark.kind === kind).map((mark) => mark.seq)
  const next = backwards ? places.findLast((seq) => seq < cursor) : places.find((seq) => seq > cursor)
  return next ?? places.at(backwards ? -1 : 0) ?? null
}
