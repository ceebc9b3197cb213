// Draft of a story: the mutable copy that events are folded into; nobody else sees it. Items are replaced, never
// changed in place, so that what is drawn already stays as it is.
import type { InterruptRequest, InterruptResolved, Receipt, ToolResult } from '../api/protocol.gen'
import type { ApprovalItem, ErrorItem, Item, NumberedFrame, Retry, Story, ToolItem } from './state'

export type Draft = { -readonly [K in keyof Story]: Story[K] } & { items: Item[]; sealed: Set<string> }

type WithoutTime<I> = I extends Item ? Omit<I, 'at'> : never

/** Add what an event shows, with the event's time. */
export function addEvent(draft: Draft, event: { at?: string | null }, item: WithoutTime<Item>): void {
  draft.items.push({ ...item, at: event.at ?? null })
}

/** Something happens: the running turn is at work, and if none was waiting, a failed one is being tried again. */
export function startWork(draft: Draft): void {
  draft.working = true
  draft.clarified = false
  if (draft.waiting === 0) withdrawRetries(draft, () => true)
}

export function endTurn(draft: Draft): void {
  draft.working = false
  draft.waiting = Math.max(0, draft.waiting - 1)
}

export function askApproval(draft: Draft, event: InterruptRequest): void {
  addEvent(draft, event, { kind: 'approval', key: event.interrupt_id, request: event, state: 'pending' })
  const call = findCall(draft, event.call_id)
  if (call) replace(draft, call, { ...call, state: 'waiting' })
  // An action that was edited, or that somebody has consented to, is shown again without a turn of its own.
  if (event.edited_from == null && !event.given?.length) endTurn(draft)
}

export function resolveApproval(draft: Draft, event: InterruptResolved): void {
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
  if (approval?.request.call_id) dropReceipt(draft, approval.request.call_id)
  draft.waiting += 1
}

/** Show a receipt at the end, in the place of an earlier one of the same request. */
export function showReceipt(draft: Draft, event: Receipt): void {
  const key = `receipt-${event.run_id}`
  draft.items = draft.items.filter((item) => item.key !== key)
  addEvent(draft, event, { kind: 'receipt', key, receipt: event })
}

/** What waited is decided: the receipt that says that it waits is out of date until the next one comes. */
function dropReceipt(draft: Draft, callId: string): void {
  draft.items = draft.items.filter(
    (item) => item.kind !== 'receipt' || !item.receipt.lines?.some((line) => line.call_id === callId),
  )
}

/** Record what became of a call, and of the approval that it waited for. */
export function settleCall(draft: Draft, event: ToolResult): void {
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

/** End a turn with a failure; only the newest failure of a message or an answer offers to try it again. */
export function failTurn(draft: Draft, event: Extract<NumberedFrame, { type: 'error' }>, key: string): void {
  const retry: Retry | null = event.message_id
    ? { messageId: event.message_id }
    : event.interrupt_id
      ? { interruptId: event.interrupt_id }
      : null
  withdrawRetries(draft, (item) => item.retry !== null && sameRetry(item.retry, retry))
  const { code, message, retryable } = event
  const problem = { code, message, retryable }
  addEvent(draft, event, { kind: 'error', key, problem, retry: retryable ? retry : null, retrying: false })
  closeCalls(draft)
  endTurn(draft)
}

function sameRetry(one: Retry, other: Retry | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function withdrawRetries(draft: Draft, which: (item: ErrorItem) => boolean): void {
  for (const item of draft.items) {
    if (item.kind === 'error' && item.retry && which(item)) replace(draft, item, { ...item, retry: null })
  }
}

export function closeQuestions(draft: Draft): void {
  for (const item of draft.items) {
    if (item.kind === 'clarification' && item.open) replace(draft, item, { ...item, open: false })
  }
}

/** No result comes any more for calls that are still running. */
export function closeCalls(draft: Draft): void {
  for (const item of draft.items) {
    if (item.kind === 'tool' && item.state === 'running') {
      replace(draft, item, { ...item, state: 'interrupted' })
    }
  }
}

function findCall(draft: Draft, callId: string | undefined): ToolItem | undefined {
  return draft.items.findLast((item): item is ToolItem => item.kind === 'tool' && item.key === callId)
}

function findApproval(draft: Draft, id: string): ApprovalItem | undefined {
  return draft.items.findLast((item): item is ApprovalItem => item.kind === 'approval' && item.key === id)
}

export function changeApproval(draft: Draft, id: string, change: Partial<ApprovalItem>): void {
  const approval = findApproval(draft, id)
  if (approval) replace(draft, approval, { ...approval, ...change })
}

function replace(draft: Draft, old: Item, next: Item): void {
  draft.items[draft.items.lastIndexOf(old)] = next
}
