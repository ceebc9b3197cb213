// Table of the server's frames: what each type does to a conversation. A type of the protocol that is missing here
// does not compile; a type that only a newer server knows is passed over at run time.
import type { ServerFrame } from '../api/protocol.gen'
import {
  addEvent,
  askApproval,
  changeApproval,
  closeCalls,
  closeQuestions,
  endTurn,
  failTurn,
  resolveApproval,
  settleCall,
  showReceipt,
  startWork,
  type Draft,
} from './draft'
import { appendLiveText } from './live-text'
import { endingOf, forgetAnswer, lateAnswer, refuse, refuseAnswer } from './refusals'
import type { ConversationState, NumberedFrame } from './state'

type FrameOf<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>
type EventOf<T extends NumberedFrame['type']> = FrameOf<T> & { seq: number }

/** What an event, which the log keeps, does. */
export interface EventHandler<E> {
  /** Adds the event to the story; `key` is an item's key where the event has no id of its own. */
  fold: (draft: Draft, event: E, key: string) => void
  /** Drops what was kept only until the server said so. */
  settle?: (state: ConversationState, event: E) => ConversationState
}

/** What a frame does that has no number: it is shown and forgotten. */
export interface TransientHandler<F> {
  receive: (state: ConversationState, frame: F) => ConversationState
}

type EventHandlers = { readonly [T in NumberedFrame['type']]: EventHandler<EventOf<T>> }
type TransientHandlers = { readonly [T in ServerFrame['type']]: TransientHandler<FrameOf<T>> | null }

export const EVENTS: EventHandlers = {
  message: {
    fold: (draft, event, key) => {
      const messageId = event.message_id ?? null
      closeQuestions(draft)
      const text = event.content
      addEvent(draft, event, { kind: 'customer', key: messageId ?? key, messageId, text, state: 'sent' })
      draft.waiting += 1
      draft.clarified = false
    },
    settle: (state, event) => ({
      ...state,
      sending: state.sending.filter((sent) => sent.messageId !== event.message_id),
    }),
  },
  feedback: {
    fold: (draft, event) => (draft.rating = event.rating),
  },
  token: {
    fold: (draft, event, key) => {
      const messageId = event.message_id ?? ''
      startWork(draft)
      draft.sealed.add(messageId)
      const { agent, content: text } = event
      addEvent(draft, event, { kind: 'agent', key: messageId || key, agent, text, live: false })
    },
    settle: (state, event) => ({
      ...state,
      live: state.live.filter((text) => text.messageId !== event.message_id),
    }),
  },
  tool_call: {
    fold: (draft, event) => {
      startWork(draft)
      const { call_id: key, agent, tool, title = '', args } = event
      addEvent(draft, event, { kind: 'tool', key, agent, tool, title, args, state: 'running' })
    },
  },
  tool_result: {
    fold: (draft, event) => {
      startWork(draft)
      settleCall(draft, event)
    },
  },
  interrupt: { fold: askApproval },
  interrupt_resolved: {
    fold: resolveApproval,
    settle: (state, event) => forgetAnswer(state, event.interrupt_id),
  },
  interrupt_expired: {
    fold: (draft, event) =>
      changeApproval(draft, event.interrupt_id, { state: 'expired', note: event.message }),
    settle: (state, event) => forgetAnswer(state, event.interrupt_id),
  },
  clarification: {
    fold: (draft, event, key) => {
      const { message: text, options = [] } = event
      addEvent(draft, event, { kind: 'clarification', key, text, options, open: true })
      endTurn(draft)
      draft.clarified = true
    },
  },
  escalated: {
    fold: (draft, event, key) => addEvent(draft, event, { kind: 'escalation', key, text: event.message }),
  },
  receipt: { fold: showReceipt },
  message_complete: {
    fold: (draft, event, key) => {
      if (event.cancelled) addEvent(draft, event, { kind: 'stopped', key, text: 'You stopped this answer.' })
      draft.ended ||= event.ended ?? false
      closeCalls(draft)
      // A clarification has ended its turn already; the completion that follows must not end the next one.
      if (!draft.clarified) endTurn(draft)
      draft.clarified = false
    },
    settle: (state) => ({ ...state, live: [], stopping: false }),
  },
  error: {
    fold: failTurn,
    settle: (state, event) => ({ ...state, ...endingOf(event, state), live: [], stopping: false }),
  },
}

/** Null: the type always has a number, and a frame of it without one changes nothing. */
export const TRANSIENTS: TransientHandlers = {
  resumed: {
    receive: (state, { last, running, ended }) => ({
      ...state,
      resumed: { last, running },
      syncing: false,
      ending: ended ? (state.ending ?? 'ended') : state.ending,
    }),
  },
  token: {
    receive: (state, frame) => {
      if (state.story.sealed.has(frame.message_id ?? '')) return state
      const live = appendLiveText(state.live, frame)
      return live === state.live ? state : { ...state, live }
    },
  },
  interrupt_expired: {
    receive: (state, frame) => refuseAnswer(state, frame.interrupt_id, lateAnswer(frame.message)),
  },
  error: { receive: refuse },
  message: null,
  feedback: null,
  tool_call: null,
  tool_result: null,
  interrupt: null,
  interrupt_resolved: null,
  clarification: null,
  escalated: null,
  receipt: null,
  message_complete: null,
}
