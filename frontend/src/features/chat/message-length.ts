// Length check of a message.
import { MAX_CONTENT_BYTES, MAX_CONTENT_CHARS } from '../../config/limits'

// From here on it is worth knowing how much room is left.
const NEAR = 0.9

const NUMBER = new Intl.NumberFormat('en')

/** Whether a text is too long to send, and what to say once it comes near. */
export function checkLength(text: string): { over: boolean; note: string | null } {
  // A cheap look first: a character has at most two units and three bytes each.
  if (text.length < (MAX_CONTENT_CHARS * NEAR) / 3) return { over: false, note: null }
  const chars = Array.from(text).length
  const bytes = new TextEncoder().encode(JSON.stringify(text)).length
  const used = Math.max(chars / MAX_CONTENT_CHARS, bytes / MAX_CONTENT_BYTES)
  if (used < NEAR) return { over: false, note: null }
  const room = Math.max(1, Math.round(Math.abs(1 - used) * MAX_CONTENT_CHARS))
  if (used <= 1) return { over: false, note: `About ${NUMBER.format(room)} more characters fit.` }
  return {
    over: true,
    note: `That is too long by about ${NUMBER.format(room)} characters. Please shorten it.`,
  }
}
