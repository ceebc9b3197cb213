import { ApprovalCard } from '../../conversation/approval-card'
import type { ApprovalItem } from '../../conversation/state'
import { Time } from '../../components/time'
import classes from './approvals.module.css'
import { useApprovals, useDecide, type Approval } from './queries'
import { Section } from './section'

/** Approvals that an operator decides, oldest first. */
export function WaitingSection() {
  const query = useApprovals()
  return (
    <Section
      title="Waiting for your decision"
      query={query}
      count={(data) => data.items.length}
      empty="Nothing waits for the support team. Customers answer their own approvals in the chat."
    >
      {(data) => (
        <ul className={classes.list}>
          {data.items.map((approval) => (
            <li key={approval.interrupt_id}>
              <Waiting approval={approval} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function Waiting({ approval }: { approval: Approval }) {
  const decide = useDecide(approval.interrupt_id)
  const item: ApprovalItem = {
    kind: 'approval',
    key: approval.interrupt_id,
    request: approval.card,
    at: approval.created_at,
    state: 'pending',
    ...((decide.isPending || decide.isSuccess) && { answering: decide.variables }),
    ...(decide.isError && { problem: { code: '', message: decide.error.message, retryable: true } }),
  }
  return (
    <>
      <p className={classes.meta}>
        Asked <Time at={approval.created_at} /> in conversation <code>{approval.thread_id}</code>
      </p>
      <ApprovalCard item={item} viewer="operator" onAnswer={(answer) => decide.mutate(answer)} />
    </>
  )
}
