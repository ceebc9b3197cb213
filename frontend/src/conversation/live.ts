import type { Token } from '../api/protocol.gen'
import type { LiveText } from './state'

/**
 * Add a live piece to the texts being written. A piece may overlap what is there; one that starts beyond it is
 * left out, since the finished message brings the whole text.
 */
export function appendLive(live: readonly LiveText[], token: Token): readonly LiveText[] {
  const messageId = token.message_id ?? ''
  const offset = token.offset ?? 0
  const known = live.find((text) => text.messageId === messageId)
  if (!known) {
    if (offset > 0) return live
    const text = { messageId, agent: token.agent, text: token.content, chars: countChars(token.content) }
    return [...live, text]
  }
  const piece = offset <= known.chars ? dropChars(token.content, known.chars - offset) : ''
  if (piece === '') return live
  const longer = { ...known, text: known.text + piece, chars: known.chars + countChars(piece) }
  return live.map((text) => (text === known ? longer : text))
}

// The server counts code points; JavaScript's own length counts an emoji twice.
function countChars(text: string): number {
  return Array.from(text).length
}

function dropChars(text: string, count: number): string {
  return count === 0 ? text : Array.from(text).slice(count).join('')
}
