// Rows of the list of operations: sorted, and grouped by agent.
import type { Filters, Order } from './filters'
import type { Access, Operation } from '../../types'
import { actsWithoutConsent } from '../../labels'

/** One line of the list: the heading of an agent's operations, or an operation. */
export type Row =
  | { kind: 'group'; key: string; agent: string; operations: readonly Operation[]; open: boolean }
  | { kind: 'operation'; key: string; operation: Operation }

const RISK: Record<Access, number> = { read: 0, write: 1, destructive: 2 }

/** How much harm an operation could do: by access first, then by who is asked, then by how sure the label is. */
export function risk(operation: Operation): number {
  const unasked = actsWithoutConsent(operation) ? 1 : 0
  return RISK[operation.access] * 10 + unasked * 5 + (1 - operation.confidence)
}

const MEASURE: Record<Exclude<Order, 'document'>, (operation: Operation) => number> = {
  risk,
  doubt: (operation) => 1 - operation.confidence,
  tokens: (operation) => operation.tokens,
}

/** The operations in order; equals stay as in the document. */
export function sortOperations(operations: readonly Operation[], order: Order): Operation[] {
  const sorted = [...operations].sort((one, other) => one.idx - other.idx)
  if (order === 'document') return sorted
  const measure = MEASURE[order]
  return sorted.sort((one, other) => measure(other) - measure(one))
}

/** The lines of the list: agents in the order of their first operation, each with its own, unless it is closed. */
export function rowsOf(
  operations: readonly Operation[],
  { order, grouped }: Pick<Filters, 'order' | 'grouped'>,
  closed: ReadonlySet<string>,
): Row[] {
  const sorted = sortOperations(operations, order)
  if (!grouped) return sorted.map(line)
  const groups = new Map<string, Operation[]>()
  for (const operation of sorted) {
    const group = groups.get(operation.agent)
    if (group) group.push(operation)
    else groups.set(operation.agent, [operation])
  }
  return [...groups].flatMap(([agent, members]): Row[] => {
    const open = !closed.has(agent)
    const heading: Row = { kind: 'group', key: `agent ${agent}`, agent, operations: members, open }
    return [heading, ...(open ? members.map(line) : [])]
  })
}

function line(operation: Operation): Row {
  return { kind: 'operation', key: `operation ${operation.idx}`, operation }
}

/** The operations that are to be seen, top to bottom: what the keyboard and a range of the selection go along. */
export function visible(rows: readonly Row[]): number[] {
  return rows.flatMap((row) => (row.kind === 'operation' ? [row.operation.idx] : []))
}
