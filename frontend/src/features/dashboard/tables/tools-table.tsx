import { useState, type ReactNode } from 'react'
import { Bar, ConversationsLink, Name, SampleValue, Share } from './cells'
import { FEW_FOR_P95, count, show } from '../format'
import { PartTable, type Order, type Shown } from './part-table'
import classes from './part-table.module.css'
import type { ToolPart } from '../types'

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
  const succeeded = (tool: ToolPart) => tool.calls - tool.failed - tool.unknown
  const few = (tool: ToolPart) => tool.few
  const fewForP95 = (tool: ToolPart) => tool.calls < FEW_FOR_P95
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
      cell: (tool) => (
        <Bar value={tool.calls} most={most}>
          <Calls tool={tool} call="any" number={tool.calls}>
            {count(tool.calls)}
          </Calls>
        </Bar>
      ),
    },
    {
      key: 'success',
      title: 'Succeeded',
      few,
      by: (tool) => tool.success_rate,
      cell: (tool) => (
        <Calls tool={tool} call="succeeded" number={succeeded(tool)}>
          <Share part={succeeded(tool)} of={tool.calls} few={tool.few} />
        </Calls>
      ),
    },
    ended('failed', 'Failed'),
    ended('unknown', 'Unknown'),
    time('p50', 'Median', few),
    time('p95', '19 of 20 within', fewForP95),
  ]
}

function time(key: 'p50' | 'p95', title: string, few: (tool: ToolPart) => boolean): Shown<ToolPart> {
  const by = (tool: ToolPart) => tool[`${key}_ms`]
  return {
    key,
    title,
    few,
    by,
    cell: (tool) => (
      <Calls tool={tool} call="any" number={tool.calls}>
        <SampleValue text={show(by(tool), 'ms')} few={few(tool)} />
      </Calls>
    ),
  }
}

function ended(call: 'failed' | 'unknown', title: string): Shown<ToolPart> {
  return {
    key: call,
    title,
    by: (tool) => tool[call],
    cell: (tool) => (
      <Calls tool={tool} call={call} number={tool[call]}>
        {count(tool[call])}
      </Calls>
    ),
  }
}

interface CallsProps {
  tool: ToolPart
  /** How they ended, as the list's filter has it. */
  call: 'any' | 'succeeded' | 'failed' | 'unknown'
  number: number
  children: ReactNode
}

/** Calls of a tool, which lead to the conversations in which they were. */
function Calls({ tool, call, number, children }: CallsProps) {
  return (
    <ConversationsLink filter={{ tool: tool.name, call }} number={number}>
      {children}
    </ConversationsLink>
  )
}
