// Browser storage of the chat: the last conversation and what was typed and not sent.
const REMEMBERED = 'smart-support-conversation'
const DRAFT = 'smart-support-draft'
const FIRST = 'smart-support-first'

/** A new id for a conversation or a message; nobody else can guess it. */
export function newId(): string {
  // `randomUUID` exists on secure origins only, and a local network often is none.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

// Storage can be switched off; then nothing is remembered, and all else works.
function quietly<T>(call: () => T): T | null {
  try {
    return call()
  } catch {
    return null
  }
}

export function rememberedThread(): string | null {
  return quietly(() => localStorage.getItem(REMEMBERED))
}

export function rememberThread(threadId: string): void {
  quietly(() => localStorage.setItem(REMEMBERED, threadId))
}

export function forgetThread(): void {
  quietly(() => localStorage.removeItem(REMEMBERED))
}

/** The first message of a conversation, until the server is known to have it: after a reload it is sent again. */
export interface FirstMessage {
  threadId: string
  messageId: string
  content: string
}

export function readFirst(): FirstMessage | null {
  return quietly(() => JSON.parse(sessionStorage.getItem(FIRST) ?? 'null') as FirstMessage | null)
}

export function keepFirst(first: FirstMessage): void {
  if (readFirst()?.threadId === first.threadId) return
  quietly(() => sessionStorage.setItem(FIRST, JSON.stringify(first)))
}

export function forgetFirst(): void {
  quietly(() => sessionStorage.removeItem(FIRST))
}

/** What was written and not sent, in this tab. */
export function readDraft(): string {
  return quietly(() => sessionStorage.getItem(DRAFT)) ?? ''
}

export function keepDraft(text: string): void {
  quietly(() => (text ? sessionStorage.setItem(DRAFT, text) : sessionStorage.removeItem(DRAFT)))
}
