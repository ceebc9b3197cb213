// Fold of the event log: the story that numbered events tell, the same for the live chat and for a replay.
import type { Draft } from './draft'
import { EVENTS, type EventHandler } from './frames'
import type { ConversationState, NumberedFrame, Story } from './state'

/** The same story with these later events, which must come in the order of their numbers. */
export function extend(story: Story, events: readonly NumberedFrame[]): Story {
  const draft: Draft = { ...story, items: [...story.items], sealed: new Set(story.sealed) }
  for (const event of events) {
    handlerOf(event)?.fold(draft, event, `event-${event.seq}`)
    draft.lastSeq = event.seq
  }
  return draft
}

/** The state without what was kept only until this event. */
export function settle(state: ConversationState, event: NumberedFrame): ConversationState {
  return handlerOf(event)?.settle?.(state, event) ?? state
}

// Undefined for a type that only a newer server knows.
function handlerOf(event: NumberedFrame): EventHandler<NumberedFrame> | undefined {
  return EVENTS[event.type] as EventHandler<NumberedFrame> | undefined
}
