import { Tabs } from '@mantine/core'
import { useSearchParams } from 'react-router'
import { AgentsSection } from '../agents/agents-section'
import { Approved } from './approved'
import { ConnectionSection } from '../connection/connection-section'
import { HistorySection } from '../history/history-section'
import { Loaded } from '../loaded'
import { DocumentNotes } from '../imports/document-notes'
import { useOperations } from '../operations/queries'
import { OperationsSection } from '../operations/list/operations-section'
import classes from './review.module.css'
import type { Job } from '../types'

/** An import that a person reviews, or has approved: operations, connection, agents, and the document's oddities. */
export function Review({ job }: { job: Job }) {
  const operations = useOperations(job.id)
  const [params, setParams] = useSearchParams()
  const tab = params.get('tab') ?? 'operations'
  const notes = job.warnings.length + job.skipped.length
  const titles = {
    operations: `Operations (${job.counts.operations})`,
    connection: 'Connection',
    agents: 'Agents',
    document: notes > 0 ? `Document (${notes})` : 'Document',
    history: 'History',
  }
  return (
    <>
      {job.status === 'approved' && operations.data && <Approved job={job} operations={operations.data} />}
      <Tabs
        value={tab}
        onChange={(next) => setParams(next === 'operations' || !next ? {} : { tab: next })}
        keepMounted={false}
        classNames={{ list: classes.tabs ?? '', tab: classes.tab ?? '' }}
      >
        <Tabs.List>
          {Object.entries(titles).map(([name, title]) => (
            <Tabs.Tab key={name} value={name} ref={name === tab ? intoView : null}>
              {title}
            </Tabs.Tab>
          ))}
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
        <Tabs.Panel value="history">
          <HistorySection job={job} />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

/** On a phone the tabs are wider than the page: the one that is shown is in sight. */
function intoView(tab: HTMLElement | null): void {
  tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}
