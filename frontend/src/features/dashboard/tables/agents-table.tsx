import { useState } from 'react'
import { Bar, ConversationsLink, Name, SampleValue, Share } from './cells'
import { FEW, show } from '../format'
import { PartTable, type Order, type Shown } from './part-table'
import type { AgentPart } from '../types'

/** What each agent did. */
export function AgentsTable({ agents }: { agents: readonly AgentPart[] }) {
  const [order, setOrder] = useState<Order>({ column: 'conversations', direction: 'descending' })
  const most = Math.max(...agents.map((agent) => agent.conversations))
  return (
    <PartTable label="By agent" columns={columnsOf(most)} rows={agents} order={order} onOrder={setOrder} />
  )
}

function columnsOf(most: number): Shown<AgentPart>[] {
  const fewRatings = (agent: AgentPart) => agent.ratings < FEW
  const fewResolved = (agent: AgentPart) => agent.resolved < FEW
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
    share('resolved', 'Resolved'),
    share('escalated', 'Escalated'),
    share('abandoned', 'Abandoned'),
    {
      key: 'satisfaction',
      title: 'Satisfaction',
      few: fewRatings,
      by: (agent) => agent.satisfaction,
      cell: (agent) => (
        <ConversationsLink filter={{ agent: agent.name, rating: 'any' }} number={agent.ratings}>
          <SampleValue text={show(agent.satisfaction, 'rating')} few={fewRatings(agent)} />
        </ConversationsLink>
      ),
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
      title: 'Cost per resolution',
      few: fewResolved,
      by: each,
      cell: (agent) => <SampleValue text={show(each(agent), 'usd')} few={fewResolved(agent)} />,
    },
  ]
}

function share(outcome: 'resolved' | 'escalated' | 'abandoned', title: string): Shown<AgentPart> {
  return {
    key: outcome,
    title,
    few: (agent) => agent.few,
    by: (agent) => (agent.conversations === 0 ? null : agent[outcome] / agent.conversations),
    cell: (agent) => (
      <ConversationsLink filter={{ agent: agent.name, outcome }} number={agent[outcome]}>
        <Share part={agent[outcome]} of={agent.conversations} few={agent.few} />
      </ConversationsLink>
    ),
  }
}
