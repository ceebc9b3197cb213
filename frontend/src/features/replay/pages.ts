// Pages of steps: which page a step is on, and what is found in a page.
import { STEPS_PER_PAGE } from './limits'
import type { Step } from './types'

/** A page of steps by place: the step with the number `first + index`; null where a number was never given away. */
export type Slots = readonly (Step | null)[]

/** The page on which a step stands. */
export function pageOf(seq: number): number {
  return Math.floor((Math.max(1, seq) - 1) / STEPS_PER_PAGE)
}

/** The number of a page's first step. */
export function firstOf(page: number): number {
  return page * STEPS_PER_PAGE + 1
}

/** The number of the last step that a page can have as long as `last` is the newest of all. */
export function endOf(page: number, last: number): number {
  return Math.min(last, (page + 1) * STEPS_PER_PAGE)
}

/** Put steps where they belong on a page that reaches to `end`; those of other pages are left out. */
export function slotsOf(steps: readonly Step[], page: number, end: number): Slots {
  const slots = new Array<Step | null>(Math.max(0, end - firstOf(page) + 1)).fill(null)
  for (const step of steps) {
    const place = step.seq - firstOf(page)
    if (place >= 0 && place < slots.length) slots[place] = step
  }
  return slots
}

/** The pages on which the rows from one place to another stand, with those beside them. */
export function pagesAround(fromSeq: number, toSeq: number, last: number): number[] {
  if (last < 1) return []
  const from = Math.max(0, pageOf(fromSeq - STEPS_PER_PAGE / 4))
  const to = pageOf(Math.min(last, toSeq + STEPS_PER_PAGE / 4))
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
}

/** What is found in a page without looking through it each time. */
interface PageIndex {
  /** When each turn begins and ends, in milliseconds, as far as this page shows. */
  readonly turns: ReadonlyMap<string, Span>
  /** When each approval was asked for. */
  readonly asked: ReadonlyMap<string, number>
}

interface Span {
  readonly from: number
  readonly until: number
}

const indexes = new WeakMap<Slots, PageIndex>()

/** The index of a page; made once for each. */
export function indexOf(slots: Slots): PageIndex {
  const known = indexes.get(slots)
  if (known) return known
  const turns = new Map<string, Span>()
  const asked = new Map<string, number>()
  for (const step of slots) {
    if (!step) continue
    if (step.frame.type === 'interrupt') asked.set(step.frame.interrupt_id, Date.parse(step.at))
    if (step.turn_id === null) continue
    turns.set(step.turn_id, both(turns.get(step.turn_id), spanOf(step)))
  }
  const index = { turns, asked }
  indexes.set(slots, index)
  return index
}

/** From when to when a step took; a step is written down when it is over. */
function spanOf(step: Step): Span {
  const until = Date.parse(step.at)
  return { from: until - (step.duration_ms ?? 0), until }
}

function both(one: Span | undefined, other: Span): Span {
  if (!one) return other
  return { from: Math.min(one.from, other.from), until: Math.max(one.until, other.until) }
}

/** A bar of the waterfall, as shares of its turn. */
export interface Bar {
  readonly left: number
  readonly width: number
}

/** Where a step's bar stands within its turn; none for what belongs to no turn. */
export function barOf(step: Step, pages: readonly Slots[]): Bar | null {
  if (step.turn_id === null) return null
  let turn: Span | undefined
  for (const slots of pages) {
    const part = indexOf(slots).turns.get(step.turn_id)
    if (part) turn = both(turn, part)
  }
  if (!turn) return null
  const length = Math.max(1, turn.until - turn.from)
  const { from, until } = spanOf(step)
  return { left: (from - turn.from) / length, width: (until - from) / length }
}

/** How long an approval waited for its answer; null where its question is out of sight. */
export function waitedOf(step: Step, pages: readonly Slots[]): number | null {
  if (step.frame.type !== 'interrupt_resolved' && step.frame.type !== 'interrupt_expired') return null
  for (const slots of pages) {
    const asked = indexOf(slots).asked.get(step.frame.interrupt_id)
    if (asked !== undefined) return Date.parse(step.at) - asked
  }
  return null
}

/** The steps of several pages as one; the same pages give the same steps, so that nothing is told anew for each picture. */
export class StepMemo {
  private parts: readonly Slots[] = []
  private steps: readonly Step[] = []

  of(parts: readonly Slots[]): readonly Step[] {
    if (parts.length !== this.parts.length || parts.some((part, index) => part !== this.parts[index])) {
      this.parts = parts
      this.steps = parts.flat().filter((step) => step !== null)
    }
    return this.steps
  }
}
