// Rich text of agents: links, bold and code from plain text, never HTML.
import { Fragment, type ReactNode } from 'react'

// An address ends before the punctuation that closes the sentence.
const PIECES = /(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])|\*\*([^*\n]+)\*\*|`([^`\n]+)`/g

/** Text from an agent: lines, safe links, bold and code. It is never taken as HTML. */
export function RichText({ text }: { text: string }) {
  return <>{pieces(text)}</>
}

function pieces(text: string): ReactNode[] {
  const out: ReactNode[] = []
  let from = 0
  for (const match of text.matchAll(PIECES)) {
    out.push(text.slice(from, match.index))
    from = match.index + match[0].length
    out.push(<Fragment key={match.index}>{piece(match)}</Fragment>)
  }
  out.push(text.slice(from))
  return out
}

function piece([text, url, bold, code]: RegExpExecArray): ReactNode {
  if (url) {
    return (
      <a href={url} target="_blank" rel="noopener noreferrer nofollow">
        {url}
      </a>
    )
  }
  if (bold) return <strong>{bold}</strong>
  return code ? <code>{code}</code> : text
}
