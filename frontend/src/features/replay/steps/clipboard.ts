// Clipboard: a step or a link to it.
/** Put a text on the clipboard, and say in words what came of it. */
export async function copied(text: string, what: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text)
    return `${what} was copied.`
  } catch {
    return 'The browser does not let this page copy. Open it over HTTPS, or mark the text and copy it.'
  }
}

/** The address of a step. */
export function linkTo(threadId: string, seq: number): string {
  return `${window.location.origin}/replay/${threadId}?step=${seq}`
}
