import '../styles'
import { useParams } from 'react-router'
import { Time } from '../../../components/time'
import { HistorySection } from '../history/history-section'
import { JobFailed } from '../imports/job-failed'
import { JobActions } from './job-actions'
import { JobState } from '../imports/job-list'
import { JobProgress } from '../imports/job-progress'
import { useJob } from '../imports/queries'
import { Loaded } from '../loaded'
import page from '../page.module.css'
import { BelowApis } from '../below-apis'
import { Review } from './review'
import { isRunning } from '../imports/steps'
import type { Job } from '../types'

/** One import: on its way, failed, or under review. */
export function JobPage() {
  const { jobId = '' } = useParams()
  const query = useJob(jobId)
  return (
    <BelowApis wide>
      <Loaded query={query} what="the import">
        {(job) => <Import key={job.id} job={job} />}
      </Loaded>
    </BelowApis>
  )
}

function Import({ job }: { job: Job }) {
  return (
    <>
      <div className={page.top}>
        <div>
          <h1 className={page.title}>{job.api.title || job.api.name}</h1>
          <p className={page.meta}>
            <JobState status={job.status} /> {aboutDocument(job)} · imported <Time at={job.created_at} /> by{' '}
            {job.created_by}
          </p>
        </div>
        <JobActions job={job} />
      </div>
      {isRunning(job) ? (
        <JobProgress job={job} />
      ) : job.status === 'failed' ? (
        <>
          <JobFailed job={job} />
          <HistorySection job={job} />
        </>
      ) : (
        <Review job={job} />
      )}
    </>
  )
}

function aboutDocument({ source, dialect, api_version }: Job): string {
  const from = source.kind === 'text' ? 'pasted text' : source.name
  const version = api_version && `version ${api_version}`
  return [from, dialect && `OpenAPI ${dialect}`, version].filter(Boolean).join(' · ')
}
