// Hook of the list's view state: filters, selection, what is unfolded and open.
import { useMemo, useReducer, useState } from 'react'
import { useSearchParams } from 'react-router'
import { filterOperations, readFilters, writeFilters, type Filters } from './filters'
import { rowsOf, visible, type Row } from './rows'
import { chosenOf, NOTHING, select, type Selection, type Step } from './selection'
import type { Operation } from '../../types'

/** How a person looks at a list of operations: what is shown, chosen, unfolded and open. */
export interface ReviewView {
  filters: Filters
  setFilters: (some: Partial<Filters>) => void
  filtered: readonly Operation[]
  rows: readonly Row[]
  order: readonly number[]
  selection: Selection
  step: (step: Step) => void
  chosen: readonly Operation[]
  unfolded: ReadonlySet<number>
  unfold: (idx: number) => void
  close: (agent: string) => void
  /** The operation in the side panel. */
  opened: Operation | null
  open: (idx: number | null) => void
}

export function useReviewView(operations: readonly Operation[]): ReviewView {
  const [params, setParams] = useSearchParams()
  const [selection, step] = useReducer(select, NOTHING)
  const [closed, close] = useReducer(toggled<string>, new Set<string>())
  const [unfolded, unfold] = useReducer(toggled<number>, new Set<number>())
  const [openedIdx, open] = useState<number | null>(null)
  // Kept here and written into the address: an address changes too late for somebody who types fast.
  const [filters, keepFilters] = useState(() => readFilters(params))
  const filtered = useMemo(() => filterOperations(operations, filters), [operations, filters])
  const rows = useMemo(() => rowsOf(filtered, filters, closed), [filtered, filters, closed])
  const order = useMemo(() => visible(rows), [rows])
  const chosen = useMemo(() => {
    const idxs = new Set(
      chosenOf(
        selection,
        operations.map((operation) => operation.idx),
      ),
    )
    return operations.filter((operation) => idxs.has(operation.idx))
  }, [selection, operations])
  return {
    filters,
    setFilters: (some) => {
      const next = { ...filters, ...some }
      keepFilters(next)
      setParams((before) => writeFilters(next, before), { replace: true })
    },
    filtered,
    rows,
    order,
    selection,
    step,
    chosen,
    unfolded,
    unfold,
    close,
    opened: operations.find((operation) => operation.idx === openedIdx) ?? null,
    open,
  }
}

function toggled<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  const next = new Set(set)
  if (!next.delete(item)) next.add(item)
  return next
}
