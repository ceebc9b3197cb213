import { Button, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { InterruptRequest } from '../../api/protocol.gen'
import classes from './approval-card.module.css'
import { EditField } from '../schema-form/edit-field'
import { fieldsOf } from '../schema-form/schema-fields'
import { fromDraft, fromJson, toDraft, type Draft } from '../schema-form/schema-values'
import type { Answer } from '../state'

interface Props {
  request: InterruptRequest
  onSubmit: (answer: Answer) => void
  onCancel: () => void
}

/** Change the values of an action: a form where the schema allows one, JSON where it does not. */
export function ApprovalEdit({ request, onSubmit, onCancel }: Props) {
  const fields = fieldsOf(request.args_schema, request.args)
  const [draft, setDraft] = useState<Draft>(() =>
    fields ? toDraft(fields, request.args) : { '': JSON.stringify(request.args, null, 2) },
  )
  const [problems, setProblems] = useState<Draft>({})

  function set(name: string, value: string) {
    setDraft((known) => ({ ...known, [name]: value }))
  }

  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        const read = fields ? fromDraft(fields, draft) : fromJson(draft[''] ?? '')
        if (read.args) onSubmit({ approved: true, args: read.args })
        else setProblems(read.problems)
      }}
    >
      {fields ? (
        fields.map((field, index) => (
          <EditField
            key={field.name}
            field={field}
            first={index === 0}
            value={draft[field.name] ?? ''}
            problem={problems[field.name]}
            onChange={(value) => set(field.name, value)}
          />
        ))
      ) : (
        <Textarea
          label="Values, as JSON"
          rows={8}
          autoFocus
          value={draft['']}
          error={problems['']}
          onChange={(event) => set('', event.currentTarget.value)}
        />
      )}
      <p className={classes.note}>Nothing is sent yet: the changed values are shown to you again first.</p>
      <div className={classes.buttons}>
        <Button type="submit">Check changes</Button>
        <Button variant="default" onClick={onCancel}>
          Back
        </Button>
      </div>
    </form>
  )
}
