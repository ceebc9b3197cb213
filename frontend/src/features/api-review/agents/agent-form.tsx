import { Button, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useSaveAgent, type AgentForm as Form } from './queries'
import page from '../page.module.css'
import { Problem } from '../problem'
import type { Agent } from '../types'

const TEXTS = [
  ['description', 'What it is for', 'By this the right agent is chosen for a message.'],
  ['tone', 'Tone', ''],
  ['greeting', 'Greeting', ''],
  ['escalation_message', 'What it says when it hands over to a person', ''],
  ['instructions', 'Instructions', 'Beside its own rules: what it should know and do.'],
] as const

type Draft = Record<(typeof TEXTS)[number][0] | 'max_steps', string>

/** How a live agent speaks and what it is told. Only what was changed is sent. */
export function AgentForm({ agent, onDone }: { agent: Agent; onDone: () => void }) {
  const save = useSaveAgent(agent.name)
  const before = draftOf(agent)
  const [draft, setDraft] = useState(before)
  const problem = /^([1-9]\d*)?$/.test(draft.max_steps) ? null : 'Please write a whole number above zero.'
  const set = (name: keyof Draft, value: string) => setDraft((known) => ({ ...known, [name]: value }))
  return (
    <form
      className={page.form}
      aria-label={`Agent ${agent.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        if (problem) return
        const form = changed(before, draft)
        if (Object.keys(form).length === 0) onDone()
        else save.mutate(form, { onSuccess: onDone })
      }}
    >
      {TEXTS.map(([name, label, description]) => (
        <Textarea
          key={name}
          label={label}
          description={description || undefined}
          autosize
          minRows={name === 'instructions' ? 3 : 1}
          maxRows={12}
          value={draft[name]}
          onChange={(event) => set(name, event.currentTarget.value)}
        />
      ))}
      <TextInput
        label="Steps for one request"
        description="How often it may think and act: 1 to 100; empty: 30."
        inputMode="numeric"
        value={draft.max_steps}
        error={problem}
        onChange={(event) => set('max_steps', event.currentTarget.value)}
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

function draftOf({ description, personality, instructions, max_steps }: Agent): Draft {
  const { tone, greeting, escalation_message } = personality
  return {
    description,
    tone,
    greeting,
    escalation_message,
    instructions,
    max_steps: max_steps === null ? '' : String(max_steps),
  }
}

function changed(before: Draft, draft: Draft): Form {
  const entries = Object.entries(draft).filter(([name, value]) => value !== before[name as keyof Draft])
  const { max_steps, ...texts } = Object.fromEntries(entries)
  return {
    ...texts,
    ...(max_steps !== undefined && { max_steps: max_steps === '' ? null : Number(max_steps) }),
  }
}
