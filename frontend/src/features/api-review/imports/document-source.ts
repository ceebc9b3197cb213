// Source of an OpenAPI document: an address, a text or a file, told apart and checked before it is sent.
import { MAX_DOCUMENT_BYTES } from '../../../config/limits'

/** What a person has given to import. */
type DocumentSource = { kind: 'nothing' } | { kind: 'url'; url: string } | { kind: 'text'; text: string }

/** Tell an address from a document by what was pasted: an address is one word that begins as one. */
export function sourceOf(pasted: string): DocumentSource {
  const text = pasted.trim()
  if (text === '') return { kind: 'nothing' }
  if (/^https?:\/\/\S+$/i.test(text)) return { kind: 'url', url: text }
  return { kind: 'text', text: pasted }
}

/** Why this cannot be imported, before anything is sent; nothing where it can be tried. */
export function problemWith(document: DocumentSource | File): string | undefined {
  if (document instanceof File) {
    if (document.size > MAX_DOCUMENT_BYTES)
      return `${document.name} is larger than ${formatBytes(MAX_DOCUMENT_BYTES)}.`
    return document.size === 0 ? `${document.name} is empty.` : undefined
  }
  if (document.kind === 'nothing') return 'Paste an address or a document, or choose a file.'
  if (document.kind === 'url') return undefined
  if (new Blob([document.text]).size > MAX_DOCUMENT_BYTES) {
    return `The text is larger than ${formatBytes(MAX_DOCUMENT_BYTES)}.`
  }
  if (!document.text.includes('\n') && /^[\w-]+(\.[\w-]+)+(\/\S*)?$/.test(document.text.trim())) {
    return 'An address begins with https:// or http://.'
  }
  return undefined
}

/** What will happen with it, said before the person presses the button. */
export function describeSource(document: DocumentSource | File): string {
  if (document instanceof File) {
    const zip = /\.zip$/i.test(document.name)
    return `${document.name} (${formatBytes(document.size)}) will be ${zip ? 'unpacked and read' : 'read'}.`
  }
  switch (document.kind) {
    case 'nothing':
      return 'OpenAPI 3.0 to 3.2 or Swagger 2.0, as JSON or YAML, up to 10 MB.'
    case 'url':
      return `The server will fetch it from ${hostOf(document.url)}.`
    case 'text': {
      const lines = document.text.trim().split('\n').length
      const form = document.text.trimStart().startsWith('{') ? 'JSON' : 'YAML'
      return `${lines.toLocaleString('en')} ${lines === 1 ? 'line' : 'lines'} of ${form} will be read.`
    }
  }
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  if (bytes < 1024 * 1024) return `${Math.ceil(bytes / 1024)} kB`
  return `${(bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, '')} MB`
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'there'
}
