// Reducer of a conversation: the server's frames and the customer's own doings in, what is known out. Pure; numbered
// events may come in any order and more than once.
import type { ServerFrame } from '../api/protocol.gen'
import { extend, settle } from './fold'
import { TRANSIENTS, type TransientHandler } from './frames'
import { without } from './refusals'
import { EMPTY_STORY, type Answer, type ConversationState, type NumberedFrame } from './state'

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
      return { ...state, stopping: false, syncing: false, resumed: null, retrying: null }
  }
}

/** Events that come in order are told in one go: the same as one by one, without a copy of the story for each. */
function receiveAll(state: ConversationState, frames: readonly ServerFrame[]): ConversationState {
  let now = state
  for (let at = 0; at < frames.length;) {
    const run = runOf(frames, at, now.story.lastSeq)
    const first = frames[at]
    if (run.length > 1) {
      const extended = { ...now, log: [...now.log, ...run], story: extend(now.story, run) }
      now = run.reduce(settle, extended)
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

function receive(state: ConversationState, frame: ServerFrame): ConversationState {
  if (isNumbered(frame)) return record(state, frame)
  const handler = TRANSIENTS[frame.type] as TransientHandler<ServerFrame> | null | undefined
  return handler?.receive(state, frame) ?? state
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
  return settle({ ...state, log, story }, event)
}

function sending(
  state: ConversationState,
  message: { messageId: string; content: string; at: string },
): ConversationState {
  const { messageId, content, at } = message
  const others = state.sending.filter((sent) => sent.messageId !== messageId)
  return { ...state, sending: [...others, { messageId, content, at }] }
}
