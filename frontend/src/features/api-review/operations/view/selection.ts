// Selection reducer of the list of operations.
/** Which operations are chosen for a common edit, and where the keyboard stands. */
export interface Selection {
  chosen: ReadonlySet<number>
  /** Where the keyboard stands. */
  cursor: number | null
  /** Where a range begins. */
  anchor: number | null
}

export type Step =
  | { type: 'toggle'; idx: number }
  /** Everything from the anchor to here, as the list is shown. */
  | { type: 'range'; idx: number; order: readonly number[] }
  /** All of these; none of them where all were chosen already. */
  | { type: 'all'; of: readonly number[] }
  | { type: 'none' }
  | { type: 'move'; by: number; order: readonly number[] }
  | { type: 'go'; idx: number }

export const NOTHING: Selection = { chosen: new Set(), cursor: null, anchor: null }

/** The selection after one step; steps that change nothing give the same selection back. */
export function select(state: Selection, step: Step): Selection {
  switch (step.type) {
    case 'toggle':
      return { chosen: toggled(state.chosen, step.idx), cursor: step.idx, anchor: step.idx }
    case 'range':
      return range(state, step.idx, step.order)
    case 'all':
      return { ...state, chosen: allOf(state.chosen, step.of) }
    case 'none':
      return state.chosen.size === 0 ? state : { ...state, chosen: new Set(), anchor: null }
    case 'move':
      return move(state, step.by, step.order)
    case 'go':
      return state.cursor === step.idx ? state : { ...state, cursor: step.idx }
  }
}

/** The chosen ones that are still there, in the order of the list. */
export function chosenOf(state: Selection, known: readonly number[]): number[] {
  return known.filter((idx) => state.chosen.has(idx))
}

function toggled(chosen: ReadonlySet<number>, idx: number): Set<number> {
  const next = new Set(chosen)
  if (!next.delete(idx)) next.add(idx)
  return next
}

// As in a file manager: the range takes the anchor's state along, so that a shift-click can also let go.
function range(state: Selection, idx: number, order: readonly number[]): Selection {
  const from = order.indexOf(state.anchor ?? -1)
  const to = order.indexOf(idx)
  if (to < 0) return state
  if (from < 0 || state.anchor === null) {
    return { chosen: new Set(state.chosen).add(idx), cursor: idx, anchor: idx }
  }
  const chosen = new Set(state.chosen)
  const choose = state.chosen.has(state.anchor)
  for (const between of order.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (choose) chosen.add(between)
    else chosen.delete(between)
  }
  return { chosen, cursor: idx, anchor: state.anchor }
}

function allOf(chosen: ReadonlySet<number>, of: readonly number[]): Set<number> {
  const next = new Set(chosen)
  if (of.every((idx) => chosen.has(idx))) for (const idx of of) next.delete(idx)
  else for (const idx of of) next.add(idx)
  return next
}

function move(state: Selection, by: number, order: readonly number[]): Selection {
  if (order.length === 0) return state
  const at = state.cursor === null ? -1 : order.indexOf(state.cursor)
  // A cursor that was filtered away starts over, from the end that the key comes from.
  const next = at < 0 ? (by > 0 ? 0 : order.length - 1) : clamp(at + by, order.length - 1)
  const idx = order[next] ?? null
  return idx === state.cursor ? state : { ...state, cursor: idx }
}

function clamp(at: number, last: number): number {
  return Math.min(Math.max(at, 0), last)
}
