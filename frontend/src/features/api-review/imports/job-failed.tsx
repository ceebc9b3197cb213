import { Button } from '@mantine/core'
import { useNavigate } from 'react-router'
import { ImportForm } from './import-form'
import { useImport, useRetry, type ImportForm as Form } from './queries'
import { NoteList } from './document-notes'
import page from '../page.module.css'
import { Problem } from '../problem'
import type { Job } from '../types'

/** An import that failed: why, where in the document, and the ways on. */
export function JobFailed({ job }: { job: Job }) {
  const navigate = useNavigate()
  const retry = useRetry(job.id)
  const fetchAgain = useImport()
  const again = fetchForm(job)
  const go = (next: Job) => void navigate(`/apis/jobs/${next.id}`)
  const refused = retry.error ?? fetchAgain.error
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
          {again ? (
            <Button
              loading={fetchAgain.isPending}
              onClick={() => fetchAgain.mutate(again, { onSuccess: go })}
            >
              Fetch it again
            </Button>
          ) : (
            <Button loading={retry.isPending} onClick={() => retry.mutate()}>
              Try again
            </Button>
          )}
        </div>
      </Problem>
      {refused && <Problem>{refused.message}</Problem>}
      {job.warnings.length > 0 && <NoteList title="Noticed on the way" notes={job.warnings} />}
      <section className={page.section} aria-labelledby="another">
        <h2 id="another" className={page.heading}>
          Or give the document again
        </h2>
        <ImportForm apiId={job.api.id} onStarted={go} />
      </section>
    </>
  )
}

/** A document that came but was wrong is kept as it came: to try the corrected one, it is fetched anew. */
function fetchForm({ source, error, api }: Job): Form | null {
  const came = !error?.code.startsWith('fetch_')
  return source.kind === 'url' && came ? { source: { url: source.name }, api_id: api.id } : null
}
