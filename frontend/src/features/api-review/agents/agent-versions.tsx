import { useState } from 'react'
import { Time } from '../../../components/time'
import { useAgentVersions } from './queries'
import { Loaded } from '../loaded'
import page from '../page.module.css'
import type { Agent, AgentVersion } from '../types'

/** What was set of an agent, when and by whom. */
export function AgentVersions({ agent }: { agent: Agent }) {
  const [shown, setShown] = useState(false)
  const query = useAgentVersions(agent.name, shown)
  return (
    <details className={page.more} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>Version {agent.version}, and what was before</summary>
      {shown && (
        <Loaded query={query} what="the versions">
          {({ items }) => (
            <ol className={page.notes} reversed start={items[0]?.version ?? 1}>
              {items.map((version) => (
                <li key={version.version}>
                  <Version version={version} />
                </li>
              ))}
            </ol>
          )}
        </Loaded>
      )}
    </details>
  )
}

function Version({ version }: { version: AgentVersion }) {
  return (
    <>
      <Time at={version.created_at} /> by {version.created_by}
      {version.import_id && ', with an approval'}
      {Object.entries(version.spec).map(([name, value]) => (
        <div key={name} className={page.meta}>
          {name.replaceAll('_', ' ')}: {typeof value === 'string' ? value : JSON.stringify(value)}
        </div>
      ))}
    </>
  )
}
