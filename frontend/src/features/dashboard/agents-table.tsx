import { useState } from 'react'
import { Bar, Name, OfFew, Share } from './cells'
import { show } from './format'
import { PartTable, type Order, type Shown } from './part-table'
import type { AgentPart } from './types'

/** What each agent did. */
export function AgentsTable({ agents }: { agents: readonly AgentPart[] }) {
  const [order, setOrder] = useState<Order>({ column: 'conversations', direction: 'descending' })
  const most = Math.max(...agents.map((agent) => agent.conversations))
  return (
    <PartTable label="By agent" columns={columnsOf(most)} rows={agents} order={order} onOrder={setOrder} />
  )
}

function columnsOf(most: number): Shown<AgentPart>[] {
  const share = (key: string, title: string, part: (agent: AgentPart) => number): Shown<AgentPart> => ({
    key,
    title,
    share: true,
    by: (agent) => (agent.conversations === 0 ? null : part(agent) / agent.conversations),
    cell: (agent) => <Share part={part(agent)} of={agent.conversations} few={agent.few} />,
  })
  const each = (agent: AgentPart) => (agent.resolved === 0 ? null : agent.cost_usd / agent.resolved)
  return [
    {
      key: 'name',
      title: 'Agent',
      by: (agent) => agent.name,
      cell: (agent) => <Name name={agent.name} filter="agent" />,
    },
    {
      key: 'conversations',
      title: 'Conversations',
      by: (agent) => agent.conversations,
      cell: (agent) => <Bar value={agent.conversations} most={most} />,
    },
    share('resolved', 'Resolved', (agent) => agent.resolved),
    share('escalated', 'Escalated', (agent) => agent.escalated),
    share('abandoned', 'Abandoned', (agent) => agent.abandoned),
    {
      key: 'satisfaction',
      title: 'Satisfaction',
      share: true,
      by: (agent) => agent.satisfaction,
      cell: (agent) => <OfFew text={show(agent.satisfaction, 'rating')} few={agent.few} />,
    },
    {
      key: 'tokens',
      title: 'Tokens',
      by: (agent) => agent.tokens,
      cell: (agent) => show(agent.tokens, 'tokens'),
    },
    {
      key: 'cost',
      title: 'Cost',
      by: (agent) => agent.cost_usd,
      cell: (agent) => show(agent.cost_usd, 'usd'),
    },
    {
      key: 'each',
      title: 'Cost a resolution',
      share: true,
      by: each,
      cell: (agent) => <OfFew text={show(each(agent), 'usd')} few={agent.few} />,
    },
  ]
}
