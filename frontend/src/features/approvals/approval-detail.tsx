import { ApprovalCard } from '../../conversation/approval/approval-card'
import { humanize } from '../../conversation/format'
import type { ApprovalItem } from '../../conversation/state'
import { Time } from '../../components/time'
import classes from './approvals.module.css'
import { ConversationExcerpt } from './conversation-excerpt'
import { EvidenceBox } from './evidence-box'
import { useDecide, type Approval } from './queries'
import { formatDecision, riskLabel } from './format'

/** One approval with all that speaks for it: what will be sent, what the target says now, what was said. */
export function ApprovalDetail({ approval }: { approval: Approval }) {
  const { card } = approval
  return (
    <article className={classes.columns} aria-label={`Decide: ${card.title || humanize(card.action)}`}>
      <div>
        <p className={classes.meta}>
          <span className={classes.risk} data-risk={approval.risk}>
            {riskLabel(approval.risk)}
          </span>{' '}
          {approval.customer ? (
            <>
              Customer <strong>{approval.customer}</strong>, verified
            </>
          ) : (
            'Who the customer is has not been verified'
          )}{' '}
          · asked by {card.agent ? humanize(card.agent) : 'an agent'} <Time at={approval.created_at} />
        </p>
        {(card.given ?? []).includes('customer') && (
          <p className={classes.given}>The customer has agreed to exactly this.</p>
        )}
        <Decision approval={approval} />
        <EvidenceBox id={approval.interrupt_id} />
      </div>
      <ConversationExcerpt threadId={approval.thread_id} lastSeq={approval.last_seq} />
    </article>
  )
}

function Decision({ approval }: { approval: Approval }) {
  const decide = useDecide(approval.interrupt_id)
  const item: ApprovalItem = {
    kind: 'approval',
    key: approval.interrupt_id,
    request: approval.card,
    at: approval.created_at,
    state: approval.status,
    comment: approval.comment,
    ...(approval.decided_by && { by: approval.decided_by }),
    ...((decide.isPending || decide.isSuccess) && { answering: decide.variables }),
    ...(decide.isError && { problem: { code: '', message: decide.error.message, retryable: true } }),
  }
  return (
    <>
      <ApprovalCard item={item} viewer="operator" onAnswer={(answer) => decide.mutate(answer)} />
      {approval.status !== 'pending' && (
        <p className={classes.meta} role="status">
          {formatDecision(approval)}
          {approval.decided_at && (
            <>
              {' '}
              at <Time at={approval.decided_at} />
            </>
          )}
        </p>
      )}
    </>
  )
}
