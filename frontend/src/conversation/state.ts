// Types of a conversation: its log, the items of its story, and what the customer did and the server has not confirmed.
import type {
  ErrorFrame,
  InterruptRequest,
  InterruptResolved,
  Receipt,
  ServerFrame,
  ToolResult,
} from '../api/protocol.gen'

/** A frame that is an event: it has a number, and the log keeps it. */
export type NumberedFrame = Exclude<ServerFrame, { type: 'resumed' }> & { seq: number }

export interface CustomerItem {
  kind: 'customer'
  key: string
  messageId: string | null
  text: string
  at: string | null
  /** `sending`: not known to be stored; `failed`: refused, and `problem` says why. */
  state: 'sending' | 'sent' | 'failed'
  problem?: Problem
}

export interface AgentItem {
  kind: 'agent'
  key: string
  agent: string
  text: string
  at: string | null
  /** Still being written. */
  live: boolean
}

export interface ToolItem {
  kind: 'tool'
  key: string
  agent: string
  tool: string
  title: string
  args: Record<string, unknown>
  at: string | null
  /** `waiting`: for an approval; `interrupted`: its turn is over and no result came. */
  state: 'running' | 'waiting' | 'interrupted' | Outcome
  summary?: string
  durationMs?: number
}

export type Outcome = NonNullable<ToolResult['outcome']>

export interface ApprovalItem {
  kind: 'approval'
  key: string
  request: InterruptRequest
  at: string | null
  state: 'pending' | 'expired' | InterruptResolved['decision']
  by?: InterruptResolved['by']
  comment?: string | null
  /** Who is asked after this one; none where nobody has to be asked any more. */
  next?: InterruptResolved['by']
  /** What became of the approved action; none while it is under way. */
  outcome?: { is: Outcome; summary: string }
  /** The answer that is on its way to the server. */
  answering?: Answer
  /** Why the last answer was refused. */
  problem?: Problem
  /** What the notice of expiry says. */
  note?: string
}

export interface ClarificationItem {
  kind: 'clarification'
  key: string
  text: string
  options: readonly string[]
  at: string | null
  /** Nobody has said anything since. */
  open: boolean
}

export type ReceiptItem = Pick<NoticeItem, 'key' | 'at'> & { kind: 'receipt'; receipt: Receipt }

export interface NoticeItem {
  kind: 'escalation' | 'stopped'
  key: string
  text: string
  at: string | null
}

export interface ErrorItem {
  kind: 'error'
  key: string
  problem: Problem
  at: string | null
  /** What to send again; none where that cannot help, or where it has been done. */
  retry: Retry | null
  retrying: boolean
}

export type Item =
  | CustomerItem
  | AgentItem
  | ToolItem
  | ApprovalItem
  | ClarificationItem
  | ReceiptItem
  | NoticeItem
  | ErrorItem

export type Problem = Pick<ErrorFrame, 'code' | 'message' | 'retryable'>

export type Retry = { messageId: string } | { interruptId: string }

export interface Answer {
  approved: boolean
  args?: Record<string, unknown>
  comment?: string
}

/** What the numbered events alone tell; the same for the live chat and for a replay. */
export interface Story {
  readonly items: readonly Item[]
  readonly lastSeq: number
  /** Agents' messages that are complete; their live pieces are of no more use. */
  readonly sealed: ReadonlySet<string>
  /** Turns that were asked for and have not ended. */
  readonly waiting: number
  /** Something happened since the last end of a turn. */
  readonly working: boolean
  /** The last turn ended by asking what was meant, and nothing has happened since. */
  readonly clarified: boolean
  readonly ended: boolean
  readonly rating: number | null
}

/** An agent's message while it is being written. */
export interface LiveText {
  readonly messageId: string
  readonly agent: string
  readonly text: string
}

export interface Sending {
  readonly messageId: string
  readonly content: string
  readonly at: string
  readonly problem?: Problem
}

export type Ending = 'ended' | 'expired' | 'unknown'

export interface ConversationState {
  /** Every numbered event seen, each once, by number. */
  readonly log: readonly NumberedFrame[]
  readonly story: Story
  readonly live: readonly LiveText[]
  readonly sending: readonly Sending[]
  readonly answers: Readonly<Record<string, Answer>>
  /** Refused answers, by approval. */
  readonly refusals: Readonly<Record<string, Problem>>
  /** Failures that belong to nothing else; shown until dismissed or until the next message. */
  readonly notices: readonly ErrorItem[]
  readonly retrying: { readonly key: string; readonly asOf: number } | null
  readonly stopping: boolean
  /** A resume was sent and its end has not come. */
  readonly syncing: boolean
  /** What the server said of the state as of event `last`. */
  readonly resumed: { readonly last: number; readonly running: boolean } | null
  readonly ending: Ending | null
  readonly rating: number | null
}

export const EMPTY_STORY: Story = {
  items: [],
  lastSeq: 0,
  sealed: new Set(),
  waiting: 0,
  working: false,
  clarified: false,
  ended: false,
  rating: null,
}

export const EMPTY: ConversationState = {
  log: [],
  story: EMPTY_STORY,
  live: [],
  sending: [],
  answers: {},
  refusals: {},
  notices: [],
  retrying: null,
  stopping: false,
  syncing: false,
  resumed: null,
  ending: null,
  rating: null,
}
