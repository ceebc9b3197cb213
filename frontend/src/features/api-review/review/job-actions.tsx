import { Button } from '@mantine/core'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { ImportAgain } from '../imports/import-again'
import { ApproveDialog } from './approve-dialog'
import { Confirm } from '../confirm'
import { useDiscard } from '../imports/queries'
import page from '../page.module.css'
import type { Job } from '../types'

/** What can be done with an import as it stands. */
export function JobActions({ job }: { job: Job }) {
  // The revision that the person saw when they asked to approve; a later one is refused.
  const [approving, setApproving] = useState<number | null>(null)
  return (
    <div className={page.actions}>
      {job.status === 'approved' ? (
        <ImportAgain id={job.api.id} source={job.source} />
      ) : (
        <Discard job={job} />
      )}
      {job.status === 'review' && <Button onClick={() => setApproving(job.revision)}>Approve…</Button>}
      {approving !== null && (
        <ApproveDialog job={job} revision={approving} onClose={() => setApproving(null)} />
      )}
    </div>
  )
}

function Discard({ job }: { job: Job }) {
  const navigate = useNavigate()
  const [asking, setAsking] = useState(false)
  const discard = useDiscard(job.id)
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        Discard
      </Button>
      <Confirm
        opened={asking}
        title="Discard this import?"
        action="Discard"
        pending={discard.isPending}
        problem={discard.error?.message}
        onConfirm={() => discard.mutate(undefined, { onSuccess: () => void navigate('/apis') })}
        onClose={() => setAsking(false)}
      >
        Its labels and edits are lost. What is live of this API stays as it is.
      </Confirm>
    </>
  )
}
