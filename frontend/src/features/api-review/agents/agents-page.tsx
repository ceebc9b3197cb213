import '../styles'
import { AgentCard } from './agent-card'
import { useAgents } from './queries'
import { Loaded } from '../loaded'
import page from '../page.module.css'
import { BelowApis } from '../below-apis'

/** The agents that answer now: what they are for, how they speak, and what they were before. */
export function AgentsPage() {
  const query = useAgents()
  return (
    <BelowApis>
      <h1 className={page.title}>Agents</h1>
      <p className={page.lead}>
        Each answers for its own part. Changes count from the next message on; every version is kept.
      </p>
      <Loaded query={query} what="the agents">
        {({ items }) => (
          <ul className={page.list}>
            {items.map((agent) => (
              <li key={agent.name} className={page.card}>
                <AgentCard agent={agent} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </BelowApis>
  )
}
