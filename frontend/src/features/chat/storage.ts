// Browser storage of the chat: the last conversation and what was typed and not sent.
const REMEMBERED = 'smart-support-conversation'
const DRAFT = 'smart-support-draft'

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

/** What was written and not sent, in this tab. */
export function readDraft(): string {
  return quietly(() => sessionStorage.getItem(DRAFT)) ?? ''
}

export function keepDraft(text: string): void {
  quietly(() => (text ? sessionStorage.setItem(DRAFT, text) : sessionStorage.removeItem(DRAFT)))
}
