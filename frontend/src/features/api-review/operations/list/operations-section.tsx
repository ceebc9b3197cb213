import { useCallback, useMemo, useRef, useState } from 'react'
import { BulkBar } from './bulk-bar'
import { DiffSummary } from './diff-summary'
import { isFiltering, NO_FILTERS } from '../view/filters'
import { OperationDrawer } from '../panel/operation-drawer'
import { OperationsTable } from './operations-table'
import classes from './operations.module.css'
import { ReviewContext } from '../review-context'
import { Toolbar } from './toolbar'
import type { Job, Operation } from '../../types'
import { useShortcuts } from '../view/use-shortcuts'
import { useReviewView } from '../view/use-review'

/** All operations of an import: to search, filter, choose and edit. */
export function OperationsSection({ job, operations }: { job: Job; operations: readonly Operation[] }) {
  const view = useReviewView(operations)
  const search = useRef<HTMLInputElement>(null)
  const [help, setHelp] = useState(false)
  // Counted up whenever the keyboard moves: the table then brings the line into sight and focuses it.
  const [jump, setJump] = useState(0)
  const editable = job.status === 'review'
  const focusCursor = useCallback(() => setJump((count) => count + 1), [])
  useShortcuts(view, {
    focusSearch: () => search.current?.focus(),
    showHelp: () => setHelp(true),
    focusCursor,
  })
  const context = useMemo(() => ({ jobId: job.id, editable, operations }), [job.id, editable, operations])
  const agents = useMemo(
    () => [...new Set(operations.map((operation) => operation.agent))].sort(),
    [operations],
  )

  return (
    <ReviewContext value={context}>
      {job.previous && editable && <DiffSummary counts={job.counts} view={view} />}
      <Toolbar
        view={view}
        agents={agents}
        total={operations.length}
        compared={job.previous !== null}
        searchRef={search}
        help={help}
        onHelp={setHelp}
      />
      {view.filtered.length > 0 ? (
        <OperationsTable view={view} jump={jump} />
      ) : (
        <div className={classes.nothing}>
          {operations.length === 0 ? (
            <p>The document holds no operation that could be read.</p>
          ) : (
            <p>
              Nothing fits {isFiltering(view.filters) ? 'these filters' : 'here'}.{' '}
              <button type="button" className={classes.link} onClick={() => view.setFilters(NO_FILTERS)}>
                Show all {operations.length}
              </button>
            </p>
          )}
        </div>
      )}
      {editable && view.chosen.length > 0 && <BulkBar view={view} agents={agents} />}
      <OperationDrawer view={view} agents={agents} onClosed={focusCursor} />
    </ReviewContext>
  )
}
