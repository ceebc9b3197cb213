import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { humanize } from '../format'
import type { Field } from './schema-fields'

interface FieldProps {
  field: Field
  /** Whether it takes the focus when it appears. */
  first: boolean
  value: string
  problem: string | undefined
  onChange: (value: string) => void
}

/** One value of a form that a schema describes, in the input that fits it. */
export function EditField({ field, first, value, problem, onChange }: FieldProps) {
  const shared = {
    label: humanize(field.name),
    description: field.description || undefined,
    error: problem,
    autoFocus: first,
  }
  if (field.kind === 'boolean') {
    return (
      <Checkbox
        {...shared}
        checked={value === 'true'}
        onChange={(event) => onChange(String(event.currentTarget.checked))}
      />
    )
  }
  const input = { ...shared, value, withAsterisk: field.required }
  if (field.kind === 'choice') {
    return (
      <NativeSelect
        {...input}
        data={field.required ? [...field.choices] : ['', ...field.choices]}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  }
  if (field.kind === 'json') {
    return <Textarea {...input} rows={4} onChange={(event) => onChange(event.currentTarget.value)} />
  }
  const numeric = field.kind === 'text' ? {} : { inputMode: 'decimal' as const }
  return <TextInput {...input} {...numeric} onChange={(event) => onChange(event.currentTarget.value)} />
}
