import { Button, Modal } from '@mantine/core'
import { Link } from 'react-router'
import { ApiError } from '../../../api/client'
import { useApi } from '../connection/queries'
import classes from './approve-dialog.module.css'
import { useApprove, useRetry } from '../imports/queries'
import { useOperations } from '../operations/queries'
import page from '../page.module.css'
import { Problem } from '../problem'
import { summarise, type Summary } from '../summary'
import type { Job } from '../types'
import { count, list } from '../format'
import { asksNobody, CONSENT, CONSENTS } from '../labels'

interface Props {
  job: Job
  /** What the person saw; the server refuses where something changed since. */
  revision: number
  onClose: () => void
}

/** Says what an approval makes live, before it does. */
export function ApproveDialog({ job, revision, onClose }: Props) {
  const operations = useOperations(job.id)
  const api = useApi(job.api.id)
  const approve = useApprove(job.id)
  const summary = summarise(operations.data ?? [], api.data)
  const overtaken = job.revision !== revision
  return (
    <Modal
      opened
      onClose={onClose}
      title={<strong>Approve this import?</strong>}
      closeButtonProps={{ 'aria-label': 'Close' }}
      // Its header is no second header of the page.
      attributes={{ header: { role: 'none' } }}
      centered
      size="lg"
    >
      <Facts summary={summary} />
      {summary.cautions.length > 0 && (
        <div className={page.notice}>
          <strong>Look once more:</strong>
          <ul className={page.notes}>
            {summary.cautions.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </div>
      )}
      {overtaken && (
        <Problem>
          Somebody changed something while this was open. Close it, look at the list, and approve again.
        </Problem>
      )}
      {approve.isError && <Refused job={job} error={approve.error} onClose={onClose} />}
      <div className={page.buttons}>
        <Button
          data-autofocus
          loading={approve.isPending}
          disabled={overtaken || summary.enabled === 0}
          onClick={() => approve.mutate(revision, { onSuccess: onClose })}
        >
          Approve {count(summary.enabled, 'tool')}
        </Button>
        <Button variant="default" onClick={onClose}>
          Not yet
        </Button>
      </div>
    </Modal>
  )
}

/** Why an approval was refused, with the way on where there is one. */
function Refused({ job, error, onClose }: { job: Job; error: Error; onClose: () => void }) {
  const again = useRetry(job.id)
  const code = error instanceof ApiError ? error.code : ''
  return (
    <Problem>
      <p>{error.message}</p>
      {code === 'import_outdated' && (
        <Button
          size="compact-sm"
          variant="default"
          loading={again.isPending}
          onClick={() => again.mutate(undefined, { onSuccess: onClose })}
        >
          Compare again; edits are kept
        </Button>
      )}
      {code === 'base_url_missing' && (
        <Link to={`/apis/jobs/${job.id}?tab=connection`} onClick={onClose}>
          Enter the base address
        </Link>
      )}
    </Problem>
  )
}

function Facts({ summary }: { summary: Summary }) {
  const asked = CONSENTS.filter((consent) => !asksNobody(consent) && summary.asks[consent] > 0).map(
    (consent) => `${summary.asks[consent]} ${CONSENT[consent].count}`,
  )
  return (
    <>
      <p>From the next chat message on the AI can use, without a restart:</p>
      <dl className={classes.facts}>
        <dt>Reads</dt>
        <dd>{summary.reads} run at once</dd>
        <dt>Writes</dt>
        <dd>
          {summary.writes}
          {summary.destructive > 0 && `, ${summary.destructive} of them destructive`}
        </dd>
        <dt>Approved each time</dt>
        <dd>{asked.length > 0 ? list(asked) : 'none'}</dd>
        <dt>Agents</dt>
        <dd>{list(summary.agents) || 'none'}</dd>
        <dt>Not enabled</dt>
        <dd>{summary.left > 0 ? count(summary.left, 'operation') : 'none'}</dd>
        <dt>Cost</dt>
        <dd>{summary.tokens.toLocaleString('en')} tokens for all tools together</dd>
      </dl>
    </>
  )
}
