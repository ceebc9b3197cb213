import { Button, Textarea } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'react-router'
import { JsonBlock } from '../../components/json-block'
import { Time } from '../../components/time'
import { MAX_COMMENT_CHARS } from '../../config/limits'
import { humanize } from '../../conversation/format'
import classes from './approvals.module.css'
import { useSettle, useUnknownActions, type Action } from './queries'
import { Section } from './section'

/** Actions that were sent and never answered: a person finds out what became of them. */
export function UnknownSection() {
  const query = useUnknownActions()
  return (
    <Section
      title="Outcome not known"
      query={query}
      count={(pages) => pages.reduce((sum, page) => sum + page.items.length, 0)}
      empty="Every action that was sent has a known outcome."
    >
      {(pages) => (
        <ul className={classes.list}>
          {pages
            .flatMap((page) => page.items)
            .map((action) => (
              <li key={action.id}>
                <Unknown action={action} />
              </li>
            ))}
        </ul>
      )}
    </Section>
  )
}

function Unknown({ action }: { action: Action }) {
  const settle = useSettle(action.id)
  const [note, setNote] = useState('')
  const [missing, setMissing] = useState(false)
  const title = action.title || humanize(action.tool)

  function record(outcome: 'succeeded' | 'failed') {
    setMissing(!note.trim())
    if (note.trim()) settle.mutate({ outcome, note: note.trim() })
  }

  return (
    <article className={classes.card} aria-label={title}>
      <h3 className={classes.name}>{title}</h3>
      <p className={classes.meta}>
        In {action.target} · <Time at={action.created_at} /> ·{' '}
        <Link to={`/replay/${action.thread_id}`}>the conversation</Link>
      </p>
      <p>It was sent, and no answer came. Look it up in {action.target}, then record what you found.</p>
      <div className={classes.evidence}>
        <JsonBlock label="What was sent" value={action.request ?? action.args} />
        {action.outcome && <JsonBlock label="What is known of the outcome" value={action.outcome} />}
      </div>
      <Textarea
        label="What did you find? The customer sees it."
        autosize
        minRows={2}
        maxLength={MAX_COMMENT_CHARS}
        value={note}
        error={missing && !note.trim() ? 'Please say how you found out.' : undefined}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {settle.isError && (
        <p role="alert" className={classes.problem}>
          {settle.error.message}
        </p>
      )}
      <div className={classes.buttons}>
        <Button loading={settle.isPending} onClick={() => record('succeeded')}>
          It was done
        </Button>
        <Button variant="default" disabled={settle.isPending} onClick={() => record('failed')}>
          It was not done
        </Button>
      </div>
    </article>
  )
}
