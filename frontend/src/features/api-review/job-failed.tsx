import { Button } from '@mantine/core'
import { useNavigate } from 'react-router'
import { ImportForm } from './import-form'
import { useRetry } from './jobs'
import { NoteList } from './notes'
import page from './page.module.css'
import { Problem } from './problem'
import type { Job } from './types'

/** An import that failed: why, where in the document, and the ways on. */
export function JobFailed({ job }: { job: Job }) {
  const navigate = useNavigate()
  const retry = useRetry(job.id)
  return (
    <>
      <Problem>
        <p>
          <strong>{job.error?.message ?? 'The import failed.'}</strong>
        </p>
        {job.error?.place && (
          <p>
            In the document at <code className={page.place}>{job.error.place}</code>
          </p>
        )}
        <div className={page.buttons}>
          <Button loading={retry.isPending} onClick={() => retry.mutate()}>
            Try again
          </Button>
        </div>
      </Problem>
      {retry.isError && <Problem>{retry.error.message}</Problem>}
      {job.warnings.length > 0 && <NoteList title="Noticed on the way" notes={job.warnings} />}
      <section className={page.section} aria-labelledby="another">
        <h2 id="another" className={page.heading}>
          Or give the document again
        </h2>
        <ImportForm apiId={job.api.id} onStarted={(next) => void navigate(`/apis/jobs/${next.id}`)} />
      </section>
    </>
  )
}
