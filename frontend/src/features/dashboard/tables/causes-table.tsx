import { useState } from 'react'
import { humanize } from '../../../conversation/format'
import { count } from '../format'
import type { CausePart } from '../types'
import { Bar, ConversationsLink } from './cells'
import { PartTable, type Order, type Shown } from './part-table'

type Row = CausePart & { name: string }

/** Why turns failed; each cause leads to its conversations. */
export function CausesTable({ causes }: { causes: readonly CausePart[] }) {
  const [order, setOrder] = useState<Order>({ column: 'failed', direction: 'descending' })
  const most = Math.max(...causes.map((cause) => cause.failed_turns))
  const rows = causes.map((cause) => ({ ...cause, name: cause.code }))
  return (
    <PartTable
      label="Failed turns by cause"
      columns={columnsOf(most)}
      rows={rows}
      order={order}
      onOrder={setOrder}
    />
  )
}

function columnsOf(most: number): Shown<Row>[] {
  return [
    {
      key: 'cause',
      title: 'Cause',
      by: (cause) => cause.code,
      cell: (cause) => (
        <ConversationsLink filter={{ error: cause.code }} number={cause.conversations}>
          {humanize(cause.code)}
        </ConversationsLink>
      ),
    },
    {
      key: 'failed',
      title: 'Failed turns',
      by: (cause) => cause.failed_turns,
      cell: (cause) => <Bar value={cause.failed_turns} most={most} />,
    },
    {
      key: 'conversations',
      title: 'Conversations',
      by: (cause) => cause.conversations,
      cell: (cause) => count(cause.conversations),
    },
  ]
}
