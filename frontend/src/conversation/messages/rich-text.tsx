// Rich text of agents: links, bold and code from plain text, never HTML.
import { Fragment, type ReactNode } from 'react'
import { piecesOf } from '../../components/shown-text'
import classes from './message.module.css'

// An address ends before the punctuation that closes the sentence.
const PIECES = /(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])|\*\*([^*\n]+)\*\*|`([^`\n]+)`/g

// What reads as the host. A name before an @, or letters of other alphabets, make it another than the browser's.
const HOST = /^https?:\/\/([^/\\?#]*)/i

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
  if (url) return <ExternalLink written={url} />
  if (bold) return <strong>{bold}</strong>
  return code ? <code>{code}</code> : text
}

/** A link as it was written and, where that reads as another host than it leads to, with the host that it does. */
function ExternalLink({ written }: { written: string }) {
  const url = parsed(written)
  if (!url) return written
  const unseen = piecesOf(written).some((piece) => 'hidden' in piece)
  const host = HOST.exec(written)?.[1]?.toLowerCase()
  return (
    <>
      <a href={url.href} target="_blank" rel="noopener noreferrer nofollow">
        <bdi>{unseen ? url.href : written}</bdi>
      </a>
      {host !== url.host && <strong className={classes.host}> (leads to {url.host})</strong>}
    </>
  )
}

function parsed(address: string): URL | null {
  try {
    return new URL(address)
  } catch {
    return null
  }
}
