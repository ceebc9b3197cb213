// View model of a conversation: the story, what is being written, what is on its way, and what is announced.
import { readersLanguages, receiptText, receiptWords } from './receipt-words'
import type {
  ApprovalItem,
  ConversationState,
  CustomerItem,
  Ending,
  ErrorItem,
  Item,
  ToolItem,
} from './state'

/** What a person sees of a conversation. */
export interface ConversationView {
  readonly items: readonly Item[]
  readonly running: boolean
  readonly stopping: boolean
  readonly syncing: boolean
  readonly ending: Ending | null
  readonly rating: number | null
  /** Approvals that wait for the customer. */
  readonly pendingApprovals: number
  /** The text of the newest finished answer or question, for screen readers. */
  readonly announcement: string
}

/** Show a conversation: the story, then what is being written, then what is on its way. */
export function view(state: ConversationState): ConversationView {
  const retryingKey = state.retrying?.asOf === state.story.lastSeq ? state.retrying.key : null
  const items = state.story.items.map((item) => {
    if (item.kind === 'approval') return withAnswer(item, state)
    return item.kind === 'error' ? withRetry(item, retryingKey) : item
  })
  const notices = state.notices.map((item) => withRetry(item, retryingKey))
  const running = isRunning(state) || retryingKey !== null
  const writing = state.live.map((text) => ({
    kind: 'agent' as const,
    key: text.messageId,
    agent: text.agent,
    text: text.text,
    at: null,
    live: running,
  }))
  return {
    items: [...items, ...writing, ...state.sending.map(asItem), ...notices],
    running,
    stopping: state.stopping && running,
    syncing: state.syncing,
    ending: state.ending ?? (state.story.ended ? 'ended' : null),
    rating: state.rating ?? state.story.rating,
    pendingApprovals: items.filter(waitsForCustomer).length,
    announcement: announce(items),
  }
}

function waitsForCustomer(item: Item): boolean {
  return item.kind === 'approval' && item.state === 'pending' && item.request.audience !== 'operator'
}

function isRunning(state: ConversationState): boolean {
  // What the server said holds until a later event.
  if (state.resumed && state.resumed.last >= state.story.lastSeq) return state.resumed.running
  return state.story.working || state.story.waiting > 0 || state.live.length > 0
}

function withAnswer(item: ApprovalItem, state: ConversationState): ApprovalItem {
  if (item.state !== 'pending') return item
  const answering = state.answers[item.key]
  const problem = state.refusals[item.key]
  return { ...item, ...(answering && { answering }), ...(problem && { problem }) }
}

function withRetry(item: ErrorItem, retryingKey: string | null): ErrorItem {
  return item.key === retryingKey ? { ...item, retrying: true } : item
}

function asItem(sent: ConversationState['sending'][number]): CustomerItem {
  return {
    kind: 'customer',
    key: sent.messageId,
    messageId: sent.messageId,
    text: sent.content,
    at: sent.at,
    state: sent.problem ? 'failed' : 'sending',
    ...(sent.problem && { problem: sent.problem }),
  }
}

function announce(items: readonly Item[]): string {
  const last = items.findLast(speaks)
  switch (last?.kind) {
    case 'agent':
    case 'clarification':
    case 'escalation':
    case 'stopped':
      return last.text
    case 'error':
      return last.problem.message
    case 'receipt':
      return receiptText(last.receipt, receiptWords(readersLanguages(last.receipt.language)).words)
    case 'approval':
      return announceApproval(last)
    case undefined:
      return ''
  }
}

/** A receipt says more than what stands before it where a line tells of an end: what waits, its card has announced. */
function speaks(item: Item): item is Exclude<Item, ToolItem | CustomerItem> {
  if (item.kind === 'receipt') return Boolean(item.receipt.lines?.some((line) => line.state !== 'waiting'))
  return item.kind !== 'tool' && item.kind !== 'customer'
}

function announceApproval({ state, by, request }: ApprovalItem): string {
  const title = request.title ?? request.action
  if (state === 'pending') {
    return request.audience === 'operator'
      ? `The support team decides about this: ${title}. You can go on chatting.`
      : `Approval needed: ${title}`
  }
  if (by !== 'operator') return ''
  return state === 'rejected'
    ? `The support team has rejected: ${title}`
    : `The support team has answered: ${title}`
}
