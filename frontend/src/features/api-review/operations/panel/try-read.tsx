import { Button } from '@mantine/core'
import { useState } from 'react'
import { JsonBlock } from '../../../../components/json-block'
import { EditField } from '../../../../conversation/schema-form/edit-field'
import { fieldsOf } from '../../../../conversation/schema-form/schema-fields'
import { fromDraft, type Draft } from '../../../../conversation/schema-form/schema-values'
import { useTry } from '../queries'
import page from '../../page.module.css'
import { Problem } from '../../problem'
import { useReviewing } from '../review-context'
import { schemaOf } from '../sources'
import type { Operation, Tried } from '../../types'

/** Call a read with values of one's own, and see what is sent and what comes back. */
export function TryRead({ operation }: { operation: Operation }) {
  const { jobId } = useReviewing()
  const attempt = useTry(jobId, operation.idx)
  const fields = fieldsOf(schemaOf(operation.arguments), {}) ?? []
  const [draft, setDraft] = useState<Draft>({})
  const [problems, setProblems] = useState<Draft>({})
  return (
    <section className={page.section} aria-label="Try it">
      <h3 className={page.heading}>Try it</h3>
      <p className={page.lead}>It only reads. Credentials are added after what is shown here.</p>
      <form
        className={page.form}
        noValidate
        aria-label="Try it"
        onSubmit={(event) => {
          event.preventDefault()
          const read = fromDraft(fields, draft)
          setProblems(read.problems ?? {})
          if (read.args) attempt.mutate(read.args)
        }}
      >
        {fields.map((field) => (
          <EditField
            key={field.name}
            field={field}
            first={false}
            value={draft[field.name] ?? ''}
            problem={problems[field.name]}
            onChange={(value) => setDraft((known) => ({ ...known, [field.name]: value }))}
          />
        ))}
        <div>
          <Button type="submit" variant="default" loading={attempt.isPending}>
            Call it
          </Button>
        </div>
      </form>
      {attempt.isError && <Problem>{attempt.error.message}</Problem>}
      {attempt.data && <Answer tried={attempt.data} />}
    </section>
  )
}

function Answer({ tried }: { tried: Tried }) {
  return (
    <div className={page.section} role="status">
      <p>
        <strong>{tried.status === null ? 'No answer' : `Status ${tried.status}`}</strong> after{' '}
        {tried.duration_ms} ms. {tried.error ?? tried.summary}
      </p>
      <p className={page.meta}>What was sent</p>
      <JsonBlock label="What was sent" value={tried.request} />
      <p className={page.meta}>What came back</p>
      <JsonBlock label="What came back" value={tried.response} />
    </div>
  )
}
