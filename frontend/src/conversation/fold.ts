import type { InterruptRequest, InterruptResolved, ToolResult } from '../api/protocol.gen'
import {
  changeApproval,
  closeCalls,
  closeQuestions,
  findApproval,
  findCall,
  replace,
  sameRetry,
  withdrawRetries,
  type Draft,
} from './draft'
import type { ApprovalItem, NumberedFrame, Retry, Story } from './state'

/** Tell the story on: the same story with these later events, which must come in the order of their numbers. */
export function extend(story: Story, events: readonly NumberedFrame[]): Story {
  const draft: Draft = { ...story, items: [...story.items], sealed: new Set(story.sealed) }
  for (const event of events) {
    tell(draft, event)
    draft.lastSeq = event.seq
  }
  return draft
}

function tell(draft: Draft, event: NumberedFrame): void {
  const key = `event-${event.seq}`
  const at = event.at ?? null
  switch (event.type) {
    case 'message': {
      const messageId = event.message_id ?? null
      closeQuestions(draft)
      draft.items.push({
        kind: 'customer',
        key: messageId ?? key,
        messageId,
        text: event.content,
        at,
        state: 'sent',
      })
      draft.waiting += 1
      draft.clarified = false
      break
    }
    case 'feedback':
      draft.rating = event.rating
      break
    case 'token': {
      const messageId = event.message_id ?? ''
      works(draft)
      draft.sealed.add(messageId)
      draft.items.push({
        kind: 'agent',
        key: messageId || key,
        agent: event.agent,
        text: event.content,
        at,
        live: false,
      })
      break
    }
    case 'tool_call':
      works(draft)
      draft.items.push({
        kind: 'tool',
        key: event.call_id,
        agent: event.agent,
        tool: event.tool,
        title: event.title ?? '',
        args: event.args,
        at,
        state: 'running',
      })
      break
    case 'tool_result':
      works(draft)
      settle(draft, event)
      break
    case 'interrupt':
      ask(draft, event, at)
      break
    case 'interrupt_resolved':
      resolve(draft, event)
      break
    case 'interrupt_expired':
      changeApproval(draft, event.interrupt_id, { state: 'expired', note: event.message })
      break
    case 'clarification':
      draft.items.push({
        kind: 'clarification',
        key,
        text: event.message,
        options: event.options ?? [],
        at,
        open: true,
      })
      finish(draft)
      draft.clarified = true
      break
    case 'escalated':
      draft.items.push({ kind: 'escalation', key, text: event.message, at })
      break
    case 'message_complete':
      if (event.cancelled) draft.items.push({ kind: 'stopped', key, text: 'You stopped this answer.', at })
      draft.ended ||= event.ended ?? false
      closeCalls(draft)
      // A clarification has ended its turn already; the completion that follows must not end the next one.
      if (!draft.clarified) finish(draft)
      draft.clarified = false
      break
    case 'error':
      failTurn(draft, event, key, at)
      break
  }
}

/** Something happens: the running turn is at work, and if none was waiting, a failed one is being tried again. */
function works(draft: Draft): void {
  draft.working = true
  draft.clarified = false
  if (draft.waiting === 0) withdrawRetries(draft, () => true)
}

function finish(draft: Draft): void {
  draft.working = false
  draft.waiting = Math.max(0, draft.waiting - 1)
}

function ask(draft: Draft, event: InterruptRequest, at: string | null): void {
  draft.items.push({ kind: 'approval', key: event.interrupt_id, request: event, at, state: 'pending' })
  const call = findCall(draft, event.call_id)
  if (call) replace(draft, call, { ...call, state: 'waiting' })
  // An action that was edited, or that somebody has consented to, is shown again without a turn of its own.
  if (event.edited_from == null && !event.given?.length) finish(draft)
}

function resolve(draft: Draft, event: InterruptResolved): void {
  changeApproval(draft, event.interrupt_id, {
    state: event.decision,
    by: event.by,
    comment: event.comment ?? null,
    ...(event.next && { next: event.next }),
  })
  // Somebody else is asked now: the run goes on after their answer.
  if (event.decision === 'edited' || event.next) return
  const approval = findApproval(draft, event.interrupt_id)
  const call = approval && findCall(draft, approval.request.call_id)
  if (call && event.decision === 'approved') replace(draft, call, { ...call, state: 'running' })
  draft.waiting += 1
}

function settle(draft: Draft, event: ToolResult & { seq: number }): void {
  const is = event.outcome ?? (event.ok ? 'succeeded' : 'failed')
  const state = is === 'succeeded' && !event.ok ? 'failed' : is
  const call = findCall(draft, event.call_id)
  if (call) {
    replace(draft, call, { ...call, state, summary: event.summary, durationMs: event.duration_ms })
  }
  const approval = draft.items.findLast(
    (item): item is ApprovalItem => item.kind === 'approval' && item.request.call_id === event.call_id,
  )
  if (approval && event.call_id) {
    replace(draft, approval, { ...approval, outcome: { is: state, summary: event.summary } })
  }
}

function failTurn(
  draft: Draft,
  event: Extract<NumberedFrame, { type: 'error' }>,
  key: string,
  at: string | null,
): void {
  const retry: Retry | null = event.message_id
    ? { messageId: event.message_id }
    : event.interrupt_id
      ? { interruptId: event.interrupt_id }
      : null
  withdrawRetries(draft, (item) => item.retry !== null && sameRetry(item.retry, retry))
  const { code, message, retryable } = event
  draft.items.push({
    kind: 'error',
    key,
    problem: { code, message, retryable },
    at,
    retry: retryable ? retry : null,
    retrying: false,
  })
  closeCalls(draft)
  finish(draft)
}
