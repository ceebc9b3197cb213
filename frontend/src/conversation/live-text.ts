// Live text: pieces of messages that are still being written.
import type { Token } from '../api/protocol.gen'
import type { LiveText } from './state'

/**
 * Add a live piece to the texts being written. A piece may overlap what is there; one that starts beyond it is
 * left out, since the finished message brings the whole text.
 */
export function appendLiveText(live: readonly LiveText[], token: Token): readonly LiveText[] {
  const messageId = token.message_id ?? ''
  const offset = token.offset ?? 0
  const known = live.find((text) => text.messageId === messageId)
  if (!known) {
    return offset > 0 ? live : [...live, { messageId, agent: token.agent, text: token.content }]
  }
  if (offset > known.text.length) return live
  const piece = token.content.slice(known.text.length - offset)
  if (piece === '') return live
  return live.map((text) => (text === known ? { ...known, text: known.text + piece } : text))
}
