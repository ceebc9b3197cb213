// Refusals: what an error without a number changes. Something that was sent was not taken, and nothing of it is in
// the log.
import type { ErrorFrame } from '../api/protocol.gen'
import type { ConversationState, Ending, Problem } from './state'

const ENDINGS: Readonly<Record<string, Ending>> = {
  session_expired: 'expired',
  conversation_ended: 'ended',
  conversation_unknown: 'unknown',
}

/** The state after a refusal: the message or the answer that it names shows it, otherwise a notice does. */
export function refuse(state: ConversationState, frame: ErrorFrame): ConversationState {
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

/** Whether a failure ends the conversation; an ending that is known already stays. */
export function endingOf(frame: ErrorFrame, state: ConversationState): { ending: Ending | null } {
  return { ending: ENDINGS[frame.code] ?? state.ending }
}

export function refuseAnswer(
  state: ConversationState,
  interruptId: string,
  problem: Problem,
): ConversationState {
  const answers = without(state.answers, interruptId)
  return { ...state, answers, refusals: { ...state.refusals, [interruptId]: problem } }
}

// An answer that came too late is refused with the notice itself; the stored one follows.
export function lateAnswer(message: string): Problem {
  return { code: 'interrupt_expired', message, retryable: false }
}

/** Drop the answer to an approval and its refusal: the record says what became of it. */
export function forgetAnswer(state: ConversationState, interruptId: string): ConversationState {
  return {
    ...state,
    answers: without(state.answers, interruptId),
    refusals: without(state.refusals, interruptId),
  }
}

export function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  if (!(key in record)) return record
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))
}
