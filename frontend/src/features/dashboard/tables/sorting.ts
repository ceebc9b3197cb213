// Sorting of tables; what says little comes after the rest.
/** One column of a table of parts. */
export interface Column<Row> {
  key: string
  title: string
  /** What to sort by; null is always last. */
  by: (row: Row) => number | string | null
  /** Whether a row's value is made of so few that it says little: those come after all others. */
  few?: (row: Row) => boolean
}

export type Direction = 'ascending' | 'descending'

/** The rows in the order of a column. Equal ones stay as they were. */
export function sorted<Row>(rows: readonly Row[], column: Column<Row>, direction: Direction): Row[] {
  const sign = direction === 'ascending' ? 1 : -1
  return rows.toSorted((one, other) => {
    const [a, b] = [column.by(one), column.by(other)]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    const few = Number(column.few?.(one) ?? false) - Number(column.few?.(other) ?? false)
    if (few !== 0) return few
    return sign * compare(a, b)
  })
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a).localeCompare(String(b), 'en')
}
