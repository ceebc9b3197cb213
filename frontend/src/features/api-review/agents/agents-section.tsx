import { useJobAgents } from './queries'
import { JobAgentCard } from './job-agent-card'
import { Loaded } from '../loaded'
import page from '../page.module.css'
import type { Job } from '../types'

/** The agents that would use the operations of an import. */
export function AgentsSection({ job }: { job: Job }) {
  const query = useJobAgents(job.id)
  return (
    <Loaded query={query} what="the agents">
      {({ items }) => (
        <section className={page.section} aria-label="Agents">
          <p className={page.lead}>
            Each operation belongs to one agent. Assign them in the list of operations; here is how the agents
            speak.
          </p>
          {items.length === 0 ? (
            <p className={page.empty}>No operation has an agent.</p>
          ) : (
            <ul className={page.list}>
              {items.map((agent) => (
                <li key={agent.name} className={page.card}>
                  <JobAgentCard jobId={job.id} agent={agent} editable={job.status === 'review'} />
                </li>
              ))}
            </ul>
          )}
        </section>
      )}
    </Loaded>
  )
}
