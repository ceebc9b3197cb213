import { Link } from 'react-router'
import { Time } from '../../../components/time'
import page from '../page.module.css'
import { statusLabel } from './steps'
import { formatCounts } from '../summary'
import type { Job, Status } from '../types'

/** Imports, newest first. */
export function JobList({ jobs }: { jobs: readonly Job[] }) {
  if (jobs.length === 0) return <p className={page.empty}>Nothing has been imported yet.</p>
  return (
    <ul className={page.list}>
      {jobs.map((job) => (
        <li key={job.id} className={page.item}>
          <div>
            <h3 className={page.name}>
              <Link to={`/apis/jobs/${job.id}`}>{job.api.title || job.api.name}</Link>
            </h3>
            <p className={page.meta}>
              {formatCounts(job.counts) || job.source.name} · <Time at={job.created_at} /> by {job.created_by}
            </p>
          </div>
          <JobState status={job.status} />
        </li>
      ))}
    </ul>
  )
}

export function JobState({ status }: { status: Status }) {
  return (
    <span className={page.state} data-status={status}>
      {statusLabel(status)}
    </span>
  )
}
