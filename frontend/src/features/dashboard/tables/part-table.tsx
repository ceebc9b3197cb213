import { Button } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { sorted, type Column, type Direction } from './sorting'
import classes from './part-table.module.css'

export interface Shown<Row> extends Column<Row> {
  cell: (row: Row) => ReactNode
}

export interface Order {
  column: string
  direction: Direction
}

interface Props<Row> {
  label: string
  columns: readonly Shown<Row>[]
  rows: readonly Row[]
  order: Order
  onOrder: (order: Order) => void
}

const FIRST_ROWS = 10 // what fits a screen beside its heading; the rest is one click away

/** A table of agents, tools or models, sorted by any column. On a phone it scrolls by itself. */
export function PartTable<Row extends { name: string }>(props: Props<Row>) {
  const { label, columns, rows, order, onOrder } = props
  const [all, setAll] = useState(false)
  const column = columns.find((one) => one.key === order.column) ?? columns[0]
  if (column === undefined) return null
  const shown = sorted(rows, column, order.direction).slice(0, all ? undefined : FIRST_ROWS)
  return (
    <>
      <div className={classes.scroll} role="region" aria-label={`${label}, table`} tabIndex={0}>
        <table className={classes.table}>
          <thead>
            <tr>
              {columns.map((one) => (
                <Head key={one.key} column={one} order={order} onOrder={onOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.name}>
                {columns.map((one, at) =>
                  at === 0 ? (
                    <th key={one.key} scope="row">
                      {one.cell(row)}
                    </th>
                  ) : (
                    <td key={one.key}>{one.cell(row)}</td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > FIRST_ROWS && (
        <Button variant="subtle" size="compact-sm" mt={8} onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${rows.length}`}
        </Button>
      )}
    </>
  )
}

interface HeadProps<Row> {
  column: Shown<Row>
  order: Order
  onOrder: (order: Order) => void
}

function Head<Row>({ column, order, onOrder }: HeadProps<Row>) {
  const current = order.column === column.key
  const other: Direction = current && order.direction === 'descending' ? 'ascending' : 'descending'
  return (
    <th scope="col" aria-sort={current ? order.direction : undefined}>
      <button type="button" onClick={() => onOrder({ column: column.key, direction: other })}>
        {column.title}
        <span aria-hidden="true">{current ? (order.direction === 'descending' ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  )
}
