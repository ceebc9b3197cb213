import '../styles'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { AgentCard } from './agent-card'
import { useAgents } from './queries'
import { Loaded } from '../loaded'
import page from '../page.module.css'

/** The agents that answer now: what they are for, how they speak, and what they were before. */
export function AgentsPage({ tools }: { tools?: ReactNode }) {
  const query = useAgents()
  return (
    <main id="main" className={page.page} tabIndex={0}>
      <div className={page.column}>
        <div className={page.strip}>
          <Link to="/apis" className={page.back}>
            All APIs
          </Link>
          {tools}
        </div>
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
      </div>
    </main>
  )
}
