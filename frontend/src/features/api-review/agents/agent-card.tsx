import { Button } from '@mantine/core'
import { useState } from 'react'
import { humanize } from '../../../conversation/format'
import { PauseButton } from '../../../components/pause-button'
import { AgentForm } from './agent-form'
import { AgentVersions } from './agent-versions'
import { useSaveAgent } from './queries'
import page from '../page.module.css'
import { Problem } from '../problem'
import type { Agent } from '../types'
import { count, list } from '../format'

/** One live agent. */
export function AgentCard({ agent }: { agent: Agent }) {
  const [editing, setEditing] = useState(false)
  const save = useSaveAgent(agent.name)
  return (
    <section aria-label={humanize(agent.name)}>
      <div className={page.top}>
        <div>
          <h2 className={page.name}>
            {humanize(agent.name)}
            {agent.off && ' (off: it answers nothing)'}
          </h2>
          <p className={page.meta}>
            {agent.permission === 'read' ? 'only reads' : 'reads and writes'} ·{' '}
            {count(agent.tools.length, 'tool')} ·{' '}
            {agent.source === 'file' ? 'from agents.yaml' : 'from a reviewed API'}
            {agent.fallback && ' · answers what no other is for'}
          </p>
          {!editing && <p>{agent.description}</p>}
        </div>
        {!editing && (
          <div className={page.actions}>
            {!agent.off && <PauseButton what={{ kind: 'agent', name: agent.name }} />}
            {!agent.fallback && (
              <Button
                size="compact-sm"
                variant={agent.off ? 'filled' : 'default'}
                loading={save.isPending}
                onClick={() => save.mutate({ off: !agent.off })}
              >
                {agent.off ? 'Switch on' : 'Switch off'}
              </Button>
            )}
            <Button size="compact-sm" variant="default" onClick={() => setEditing(true)}>
              Edit
            </Button>
          </div>
        )}
      </div>
      {save.isError && <Problem>{save.error.message}</Problem>}
      {editing && <AgentForm agent={agent} onDone={() => setEditing(false)} />}
      {!editing && agent.tools.length > 0 && (
        <details className={page.more}>
          <summary>Tools</summary>
          <p className={page.meta}>{list(agent.tools)}</p>
        </details>
      )}
      {!editing && agent.version > 0 && <AgentVersions agent={agent} />}
    </section>
  )
}
