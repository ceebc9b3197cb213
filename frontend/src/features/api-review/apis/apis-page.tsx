import '../styles'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { ApiList } from './api-list'
import { useApis } from '../connection/queries'
import { ImportForm } from '../imports/import-form'
import { JobList } from '../imports/job-list'
import { useJobs } from '../imports/queries'
import { Loaded } from '../loaded'
import { ShowMore } from '../../../components/show-more'
import { PauseButton } from '../../../components/pause-button'
import page from '../page.module.css'

/** Where an API is connected: import one, and see those that are there. */
export function ApisPage() {
  const navigate = useNavigate()
  const apis = useApis()
  const jobs = useJobs()
  const [params] = useSearchParams()
  const again = apis.data?.items.find((api) => api.id === params.get('again'))
  return (
    <main id="main" className={page.page} tabIndex={0}>
      <div className={page.column}>
        <div className={page.top}>
          <h1 className={page.title}>APIs</h1>
          <div className={page.actions}>
            <PauseButton />
            <Link to="/apis/agents">Agents</Link>
            <Link to="/apis/history">History</Link>
          </div>
        </div>
        <p className={page.lead}>
          Give the AI an API: paste its OpenAPI document, review what it may do, approve, and use it in the
          next chat message.
        </p>
        {again && (
          <h2 className={page.heading}>
            Import {again.title || again.name} again <Link to="/apis">or import another API</Link>
          </h2>
        )}
        <ImportForm
          key={again?.id}
          {...(again && { apiId: again.id })}
          onStarted={(job) => void navigate(`/apis/jobs/${job.id}`)}
        />
        <section className={page.section} aria-labelledby="connected">
          <h2 id="connected" className={page.heading}>
            Connected APIs
          </h2>
          <Loaded query={apis} what="the APIs">
            {({ items }) => <ApiList apis={items} />}
          </Loaded>
        </section>
        <section className={page.section} aria-labelledby="imports">
          <h2 id="imports" className={page.heading}>
            Imports
          </h2>
          <Loaded query={jobs} what="the imports">
            {({ pages }) => <JobList jobs={pages.flatMap(({ items }) => items)} />}
          </Loaded>
          <ShowMore query={jobs} label="Show older" end="There is nothing older." />
        </section>
      </div>
    </main>
  )
}
