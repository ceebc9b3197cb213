/** One column of a table of parts. */
export interface Column<Row> {
  key: string
  title: string
  /** What to sort by; null is always last. */
  by: (row: Row) => number | string | null
  /** Whether few make its value say little: those come after all others. */
  share?: boolean
}

export type Direction = 'ascending' | 'descending'

/** The rows in the order of a column. Equal ones stay as they were. */
export function sorted<Row extends { few?: boolean }>(
  rows: readonly Row[],
  column: Column<Row>,
  direction: Direction,
): Row[] {
  const sign = direction === 'ascending' ? 1 : -1
  return rows.toSorted((one, other) => {
    const [a, b] = [column.by(one), column.by(other)]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    if (column.share === true && one.few !== other.few)
      return Number(one.few === true) - Number(other.few === true)
    return sign * compare(a, b)
  })
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a).localeCompare(String(b), 'en')
}
