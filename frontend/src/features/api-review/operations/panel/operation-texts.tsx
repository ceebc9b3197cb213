import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useReviewing } from '../review-context'
import type { Edit, Operation } from '../../types'

interface Props {
  operation: Operation
  agents: readonly string[]
  disabled: boolean
  onChange: (edit: Edit) => void
}

/** Who uses an operation, and what people and the AI read of it. */
export function OperationTexts({ operation, agents, disabled, onChange }: Props) {
  return (
    <>
      <TextInput
        label="Agent"
        description="Who uses it. A new name makes a new agent; small letters, digits and _."
        list="agents"
        autoCapitalize="none"
        value={operation.agent}
        disabled={disabled}
        onChange={(event) => onChange({ agent: event.currentTarget.value })}
      />
      <datalist id="agents">
        {agents.map((agent) => (
          <option key={agent} value={agent} />
        ))}
      </datalist>
      <TextInput
        label="Title"
        description="The customer sees it on an approval."
        value={operation.title}
        disabled={disabled}
        onChange={(event) => onChange({ title: event.currentTarget.value })}
      />
      <Textarea
        label="Description for the AI"
        autosize
        minRows={2}
        maxRows={8}
        value={operation.description}
        disabled={disabled}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
      {operation.access !== 'read' && <Twin operation={operation} disabled={disabled} onChange={onChange} />}
    </>
  )
}

function Twin({ operation, disabled, onChange }: Omit<Props, 'agents'>) {
  const { operations } = useReviewing()
  const reads = operations.filter((other) => other.access === 'read' && other.change !== 'removed')
  return (
    <NativeSelect
      label="Read that shows what it would change"
      description="So that somebody can look up what became of it."
      value={operation.twin ?? ''}
      disabled={disabled}
      data={[
        { value: '', label: 'none' },
        ...reads.map(({ name, title }) => ({ value: name, label: title })),
      ]}
      onChange={(event) => onChange({ twin: event.currentTarget.value || null })}
    />
  )
}
