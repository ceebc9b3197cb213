// Shortcuts for tests of the reducer: frames in, items out.
import type { ServerFrame } from '../api/protocol.gen'
import { reduce, type Action } from '../conversation/reducer'
import {
  EMPTY,
  type ApprovalItem,
  type ConversationState,
  type Item,
  type ToolItem,
} from '../conversation/state'
import { view } from '../conversation/view'

/** The conversation after these frames. */
export function after(events: readonly ServerFrame[], state = EMPTY): ConversationState {
  return reduce(state, { type: 'frames', frames: events })
}

export function play(...actions: Action[]): ConversationState {
  return actions.reduce(reduce, EMPTY)
}

export function kinds(state: ConversationState): string[] {
  return view(state).items.map((item) => item.kind)
}

/** The one item of this kind. */
export function only<K extends Item['kind']>(state: ConversationState, kind: K): Extract<Item, { kind: K }> {
  const items = view(state).items.filter((item): item is Extract<Item, { kind: K }> => item.kind === kind)
  const [item] = items
  if (items.length !== 1 || !item) throw new Error(`${items.length} items of kind ${kind}`)
  return item
}

/** The approvals in a conversation, in order. */
export function cards(state: ConversationState): ApprovalItem[] {
  return view(state).items.filter((item): item is ApprovalItem => item.kind === 'approval')
}

/** How the calls of tools stand, in order. */
export function toolStates(state: ConversationState): ToolItem['state'][] {
  return view(state).items.flatMap((item) => (item.kind === 'tool' ? [item.state] : []))
}
