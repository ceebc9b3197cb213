import { useMemo } from 'react'
import { Link } from 'react-router'
import type { ServerFrame } from '../../api/protocol.gen'
import { agentName, humanize } from '../../conversation/format'
import { receiptText, receiptWords } from '../../conversation/receipt-words'
import { reduce } from '../../conversation/reducer'
import { EMPTY, type Item } from '../../conversation/state'
import { Time } from '../../components/time'
import classes from './approvals.module.css'
import { useExcerpt } from './queries'

const SHOWN = 14 // what fits beside a card; the rest is in the conversation itself

/** What was said last in the conversation that an approval belongs to. */
export function ConversationExcerpt({ threadId, lastSeq }: { threadId: string; lastSeq: number }) {
  const query = useExcerpt(threadId, lastSeq)
  const events = query.data?.items
  const items = useMemo(() => {
    const frames = (events ?? []) as ServerFrame[]
    return reduce(EMPTY, { type: 'frames', frames }).story.items.filter((item) => item.kind !== 'approval')
  }, [events])
  return (
    <section className={classes.box} aria-label="The conversation">
      <h3 className={classes.name}>The conversation</h3>
      {query.isError && (
        <p role="alert" className={classes.problem}>
          {query.error.message}
        </p>
      )}
      <ol className={classes.said} tabIndex={0} aria-label="What was said last">
        {items.slice(-SHOWN).map((item) => (
          <li key={item.key} data-kind={item.kind}>
            <ExcerptLine item={item} />
          </li>
        ))}
      </ol>
      <p className={classes.meta}>
        <Link to={`/replay/${threadId}`}>Everything that happened in it</Link>
      </p>
    </section>
  )
}

function ExcerptLine({ item }: { item: Item }) {
  return (
    <>
      <span className={classes.who}>
        {speakerOf(item)} {item.at && <Time at={item.at} />}
      </span>
      <span className={classes.words}>{textOf(item)}</span>
    </>
  )
}

function speakerOf(item: Item): string {
  switch (item.kind) {
    case 'customer':
      return 'Customer'
    case 'agent':
    case 'tool':
      return agentName(item.agent)
    case 'approval':
    case 'clarification':
    case 'error':
    case 'escalation':
    case 'receipt':
    case 'stopped':
      return agentName('')
  }
}

function textOf(item: Item): string {
  switch (item.kind) {
    case 'tool':
      return `${item.title || humanize(item.tool)}: ${item.summary ?? item.state}`
    case 'error':
      return item.problem.message
    case 'approval':
      return item.request.title ?? ''
    case 'receipt':
      return receiptText(item.receipt, receiptWords(['en']).words)
    case 'customer':
    case 'agent':
    case 'clarification':
    case 'escalation':
    case 'stopped':
      return item.text
  }
}
