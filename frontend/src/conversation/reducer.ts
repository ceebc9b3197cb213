import type { ErrorFrame, ServerFrame } from '../api/protocol.gen'
import { extend } from './fold'
import { appendLive } from './live-text'
import {
  EMPTY_STORY,
  type Answer,
  type ConversationState,
  type Ending,
  type NumberedFrame,
  type Problem,
} from './state'

export type Action =
  | { type: 'frames'; frames: readonly ServerFrame[] }
  | { type: 'sent'; messageId: string; content: string; at: string }
  | { type: 'answered'; interruptId: string; answer: Answer }
  | { type: 'rated'; rating: number }
  | { type: 'retried'; key: string }
  | { type: 'stopped' }
  | { type: 'dismissed'; key: string }
  | { type: 'resuming' }
  | { type: 'disconnected' }

/** Fold what happened into the conversation; numbered events may come in any order and more than once. */
export function reduce(state: ConversationState, action: Action): ConversationState {
  switch (action.type) {
    case 'frames':
      return receiveAll(state, action.frames)
    case 'sent':
      return { ...sending(state, action), notices: [] }
    case 'answered':
      return {
        ...state,
        answers: { ...state.answers, [action.interruptId]: action.answer },
        refusals: without(state.refusals, action.interruptId),
      }
    case 'rated':
      return { ...state, rating: action.rating }
    case 'retried':
      return {
        ...state,
        retrying: { key: action.key, asOf: state.story.lastSeq },
        sending: state.sending.map(({ problem, ...message }) =>
          problem && message.messageId === action.key ? message : { ...message, ...(problem && { problem }) },
        ),
      }
    case 'stopped':
      return { ...state, stopping: true }
    case 'dismissed':
      return { ...state, notices: state.notices.filter((notice) => notice.key !== action.key) }
    case 'resuming':
      // The server sends the unfinished text again, from its beginning.
      return { ...state, live: [], syncing: true }
    case 'disconnected':
      return { ...state, stopping: false, syncing: false, told: null, retrying: null }
  }
}

/** Events that come in order are told in one go: the same as one by one, without a copy of the story for each. */
function receiveAll(state: ConversationState, frames: readonly ServerFrame[]): ConversationState {
  let now = state
  for (let at = 0; at < frames.length;) {
    const run = runOf(frames, at, now.story.lastSeq)
    const first = frames[at]
    if (run.length > 1) {
      const told = { ...now, log: [...now.log, ...run], story: extend(now.story, run) }
      now = run.reduce(settleLocals, told)
    } else if (first) {
      now = receive(now, first)
    }
    at += Math.max(1, run.length)
  }
  return now
}

/** The events from here on that follow each other and all that is known. */
function runOf(frames: readonly ServerFrame[], from: number, lastSeq: number): NumberedFrame[] {
  const run: NumberedFrame[] = []
  for (let at = from; at < frames.length; at += 1) {
    const frame = frames[at]
    if (!frame || !isNumbered(frame) || frame.seq <= (run.at(-1)?.seq ?? lastSeq)) break
    run.push(frame)
  }
  return run
}

const ENDINGS: Readonly<Record<string, Ending>> = {
  session_expired: 'expired',
  conversation_ended: 'ended',
  conversation_unknown: 'unknown',
}

function receive(state: ConversationState, frame: ServerFrame): ConversationState {
  if (frame.type === 'resumed') {
    const told = { last: frame.last, running: frame.running }
    return { ...state, told, syncing: false, ending: frame.ended ? (state.ending ?? 'ended') : state.ending }
  }
  if (isNumbered(frame)) return record(state, frame)
  if (frame.type === 'token') {
    if (state.story.sealed.has(frame.message_id ?? '')) return state
    const live = appendLive(state.live, frame)
    return live === state.live ? state : { ...state, live }
  }
  if (frame.type === 'interrupt_expired')
    return refuseAnswer(state, frame.interrupt_id, lateAnswer(frame.message))
  return frame.type === 'error' ? refuse(state, frame) : state
}

function isNumbered(frame: ServerFrame): frame is NumberedFrame {
  return frame.type !== 'resumed' && frame.seq != null
}

/** Put an event in its place in the log; events in order tell the story on, a late one has it told anew. */
function record(state: ConversationState, event: NumberedFrame): ConversationState {
  const after = state.log.findLastIndex((known) => known.seq <= event.seq)
  if (state.log[after]?.seq === event.seq) return state
  const log = state.log.toSpliced(after + 1, 0, event)
  const story = after + 1 === log.length - 1 ? extend(state.story, [event]) : extend(EMPTY_STORY, log)
  return settleLocals({ ...state, log, story }, event)
}

/** Let go of what was kept only until the server said so. */
function settleLocals(state: ConversationState, event: NumberedFrame): ConversationState {
  switch (event.type) {
    case 'message':
      return { ...state, sending: state.sending.filter((sent) => sent.messageId !== event.message_id) }
    case 'token':
      return { ...state, live: state.live.filter((text) => text.messageId !== event.message_id) }
    case 'interrupt_resolved':
    case 'interrupt_expired':
      return {
        ...state,
        answers: without(state.answers, event.interrupt_id),
        refusals: without(state.refusals, event.interrupt_id),
      }
    case 'message_complete':
      return { ...state, live: [], stopping: false }
    case 'error':
      return { ...state, ...endingOf(event, state), live: [], stopping: false }
    default:
      return state
  }
}

/** An error without a number: something that was sent was not taken, and nothing of it is in the log. */
function refuse(state: ConversationState, frame: ErrorFrame): ConversationState {
  const { code, message, retryable } = frame
  const problem = { code, message, retryable }
  const next = { ...state, ...endingOf(frame, state), retrying: null, stopping: false, syncing: false }
  if (state.sending.some((sent) => sent.messageId === frame.message_id)) {
    const sending = state.sending.map((sent) =>
      sent.messageId === frame.message_id ? { ...sent, problem } : sent,
    )
    return { ...next, sending }
  }
  if (frame.interrupt_id) return refuseAnswer(next, frame.interrupt_id, problem)
  // What ends the conversation is said where the composer was.
  if (code in ENDINGS) return next
  const key = `notice-${code}-${message}`
  const retry = retryable && frame.message_id ? { messageId: frame.message_id } : null
  const notice = { kind: 'error' as const, key, problem, at: null, retry, retrying: false }
  const others = state.notices.filter((known) => known.key !== key)
  return { ...next, notices: [...others, notice] }
}

function refuseAnswer(state: ConversationState, interruptId: string, problem: Problem): ConversationState {
  const answers = without(state.answers, interruptId)
  return { ...state, answers, refusals: { ...state.refusals, [interruptId]: problem } }
}

// An answer that came too late is refused with the notice itself; the stored one follows.
function lateAnswer(message: string): Problem {
  return { code: 'interrupt_expired', message, retryable: false }
}

function endingOf(frame: ErrorFrame, state: ConversationState): { ending: Ending | null } {
  return { ending: ENDINGS[frame.code] ?? state.ending }
}

function sending(
  state: ConversationState,
  message: { messageId: string; content: string; at: string },
): ConversationState {
  const { messageId, content, at } = message
  const others = state.sending.filter((sent) => sent.messageId !== messageId)
  return { ...state, sending: [...others, { messageId, content, at }] }
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  if (!(key in record)) return record
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))
}
