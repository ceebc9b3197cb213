import { useState } from 'react'
import { Bar, Name, OfFew, Share } from './cells'
import { count, show } from './format'
import { PartTable, type Order, type Shown } from './part-table'
import classes from './part-table.module.css'
import type { ToolPart } from './types'

const ORDERS: readonly (Order & { label: string })[] = [
  { label: 'Most used', column: 'calls', direction: 'descending' },
  { label: 'Most failing', column: 'success', direction: 'ascending' },
  { label: 'Slowest', column: 'p95', direction: 'descending' },
]

/** How the calls of each tool went: the most used, the most failing or the slowest first. */
export function ToolsTable({ tools }: { tools: readonly ToolPart[] }) {
  const [order, setOrder] = useState<Order>({ column: 'calls', direction: 'descending' })
  const most = Math.max(...tools.map((tool) => tool.calls))
  return (
    <>
      <div role="group" aria-label="Order of the tools" className={classes.orders}>
        {ORDERS.map(({ label, column, direction }) => (
          <button
            key={label}
            type="button"
            aria-pressed={order.column === column && order.direction === direction}
            onClick={() => setOrder({ column, direction })}
          >
            {label}
          </button>
        ))}
      </div>
      <PartTable label="By tool" columns={columnsOf(most)} rows={tools} order={order} onOrder={setOrder} />
    </>
  )
}

function columnsOf(most: number): Shown<ToolPart>[] {
  return [
    {
      key: 'name',
      title: 'Tool',
      by: (tool) => tool.name,
      cell: (tool) => <Name name={tool.name} filter="tool" />,
    },
    {
      key: 'calls',
      title: 'Calls',
      by: (tool) => tool.calls,
      cell: (tool) => <Bar value={tool.calls} most={most} />,
    },
    {
      key: 'success',
      title: 'Succeeded',
      share: true,
      by: (tool) => tool.success_rate,
      cell: (tool) => <Share part={tool.calls - tool.failed - tool.unknown} of={tool.calls} few={tool.few} />,
    },
    { key: 'failed', title: 'Failed', by: (tool) => tool.failed, cell: (tool) => count(tool.failed) },
    { key: 'unknown', title: 'Unknown', by: (tool) => tool.unknown, cell: (tool) => count(tool.unknown) },
    {
      key: 'p50',
      title: 'Median',
      share: true,
      by: (tool) => tool.p50_ms,
      cell: (tool) => <OfFew text={show(tool.p50_ms, 'ms')} few={tool.few} />,
    },
    {
      key: 'p95',
      title: '19 of 20 within',
      share: true,
      by: (tool) => tool.p95_ms,
      cell: (tool) => <OfFew text={show(tool.p95_ms, 'ms')} few={tool.few} />,
    },
  ]
}
