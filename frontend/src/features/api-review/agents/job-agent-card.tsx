import { Button, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { humanize } from '../../../conversation/format'
import { useSaveJobAgent } from './queries'
import page from '../page.module.css'
import { Problem } from '../problem'
import type { JobAgent } from '../types'
import { count } from '../format'

interface Props {
  jobId: string
  agent: JobAgent
  editable: boolean
}

/** One agent of an import: what it is for, and a form to change it. */
export function JobAgentCard({ jobId, agent, editable }: Props) {
  const [editing, setEditing] = useState(false)
  return (
    <section aria-label={agent.title || humanize(agent.name)}>
      <div className={page.top}>
        <div>
          <h2 className={page.name}>{agent.title || humanize(agent.name)}</h2>
          <p className={page.meta}>
            <code>{agent.name}</code> · {count(agent.operations, 'operation')} ·{' '}
            {agent.permission === 'read' ? 'only reads' : 'reads and writes'} ·{' '}
            {agent.exists ? 'joins an agent that is live' : 'new'}
          </p>
          {!editing && <p className={page.meta}>{agent.description}</p>}
        </div>
        {editable && !editing && (
          <Button size="compact-sm" variant="default" onClick={() => setEditing(true)}>
            Edit
          </Button>
        )}
      </div>
      {editing && <AgentForm jobId={jobId} agent={agent} onDone={() => setEditing(false)} />}
    </section>
  )
}

function AgentForm({ jobId, agent, onDone }: { jobId: string; agent: JobAgent; onDone: () => void }) {
  const save = useSaveJobAgent(jobId, agent.name)
  const [draft, setDraft] = useState({
    name: agent.name,
    title: agent.title,
    description: agent.description,
    tone: agent.tone,
    instructions: agent.instructions,
  })
  const set = (name: keyof typeof draft, value: string) =>
    setDraft((before) => ({ ...before, [name]: value }))
  return (
    <form
      className={page.form}
      aria-label={`Agent ${agent.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        const { name, ...rest } = draft
        save.mutate({ ...rest, ...(name !== agent.name && { new_name: name.trim() }) }, { onSuccess: onDone })
      }}
    >
      <NameFields name={draft.name} title={draft.title} onChange={set} />
      <Textarea
        label="What it is for"
        description="By this the right agent is chosen for a message."
        autosize
        minRows={2}
        value={draft.description}
        onChange={(event) => set('description', event.currentTarget.value)}
      />
      <TextInput
        label="Tone"
        value={draft.tone}
        onChange={(event) => set('tone', event.currentTarget.value)}
      />
      <Textarea
        label="Instructions"
        autosize
        minRows={3}
        value={draft.instructions}
        onChange={(event) => set('instructions', event.currentTarget.value)}
      />
      {save.isError && <Problem>{save.error.message}</Problem>}
      <div className={page.actions}>
        <Button type="submit" loading={save.isPending}>
          Save
        </Button>
        <Button variant="default" onClick={onDone}>
          Back
        </Button>
      </div>
    </form>
  )
}

interface NameFieldsProps {
  name: string
  title: string
  onChange: (field: 'name' | 'title', value: string) => void
}

function NameFields({ name, title, onChange }: NameFieldsProps) {
  return (
    <div className={page.pair}>
      <TextInput
        label="Name"
        description="Small letters, digits and _."
        value={name}
        onChange={(event) => onChange('name', event.currentTarget.value)}
      />
      <TextInput
        label="Title"
        description="For people."
        value={title}
        onChange={(event) => onChange('title', event.currentTarget.value)}
      />
    </div>
  )
}
