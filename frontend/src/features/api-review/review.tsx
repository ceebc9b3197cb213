import { Tabs } from '@mantine/core'
import { useSearchParams } from 'react-router'
import { AgentsSection } from './agents-section'
import { Approved } from './approved'
import { ConnectionSection } from './connection-section'
import { Loaded } from './loaded'
import { DocumentNotes } from './notes'
import { useOperations } from './operations'
import { OperationsSection } from './operations-section'
import classes from './review.module.css'
import type { Job } from './types'

/** An import that a person reviews, or has approved: operations, connection, agents, and the document's oddities. */
export function Review({ job }: { job: Job }) {
  const operations = useOperations(job.id)
  const [params, setParams] = useSearchParams()
  const notes = job.warnings.length + job.skipped.length
  return (
    <>
      {job.status === 'approved' && operations.data && <Approved job={job} operations={operations.data} />}
      <Tabs
        value={params.get('tab') ?? 'operations'}
        onChange={(tab) => setParams(tab === 'operations' || !tab ? {} : { tab })}
        keepMounted={false}
        classNames={{ list: classes.tabs ?? '', tab: classes.tab ?? '' }}
      >
        <Tabs.List>
          <Tabs.Tab value="operations">Operations ({job.counts.operations})</Tabs.Tab>
          <Tabs.Tab value="connection">Connection</Tabs.Tab>
          <Tabs.Tab value="agents">Agents</Tabs.Tab>
          <Tabs.Tab value="document">Document{notes > 0 && ` (${notes})`}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="operations">
          <Loaded query={operations} what="the operations">
            {(all) => <OperationsSection job={job} operations={all} />}
          </Loaded>
        </Tabs.Panel>
        <Tabs.Panel value="connection">
          <ConnectionSection apiId={job.api.id} />
        </Tabs.Panel>
        <Tabs.Panel value="agents">
          <AgentsSection job={job} />
        </Tabs.Panel>
        <Tabs.Panel value="document">
          <DocumentNotes job={job} />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}
