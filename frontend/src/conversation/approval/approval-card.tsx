import { useId, useRef, useState } from 'react'
import { ClockIcon, ShieldIcon } from '../../components/icons'
import { TimeLeft } from '../../components/time'
import { StrangerText } from '../../components/stranger-text'
import { ApprovalButtons } from './approval-buttons'
import classes from './approval-card.module.css'
import { ApprovalEdit } from './approval-edit'
import { ApprovalRequest } from './approval-request'
import { ApprovalValues } from './approval-values'
import { ApprovalWaiting, EditedBy } from './approval-waiting'
import { humanize } from '../format'
import { ApprovalOutcome } from './approval-outcome'
import type { Answer, ApprovalItem } from '../state'

interface Props {
  item: ApprovalItem
  /** Who looks at it: only the one that it waits for can answer. */
  viewer: 'customer' | 'operator'
  /** None where it is only looked at. */
  onAnswer: ((answer: Answer) => void) | undefined
}

/** An action that waits for consent: what will happen, to what, with which values, until when. */
export function ApprovalCard({ item, viewer, onAnswer }: Props) {
  const { request, state } = item
  const title = request.title?.trim() ? request.title : humanize(request.action)
  const heading = useId()
  // In the chat it stands right below the page's title, among the approvals below a section's.
  const Title = viewer === 'operator' ? 'h3' : 'h2'
  const card = useRef<HTMLElement>(null)
  const [editing, setEditing] = useState(false)
  const pending = state === 'pending'
  const mine = (request.audience ?? 'customer') === viewer

  function answer(given: Answer) {
    setEditing(false)
    // The pressed button goes away; the keyboard stays where it was.
    card.current?.focus()
    onAnswer?.(given)
  }

  return (
    <section
      ref={card}
      role="group"
      aria-labelledby={heading}
      tabIndex={-1}
      className={classes.card}
      data-state={state}
    >
      <CardHeader pending={pending} mine={mine} until={onAnswer ? request.expires_at : null} />
      <Title id={heading} className={classes.title}>
        <StrangerText text={title} label="the title" />
      </Title>
      {request.target && <Target name={request.target} />}
      <AccessNote access={request.access ?? ''} />
      {editing && pending ? (
        <ApprovalEdit request={request} onCancel={() => setEditing(false)} onSubmit={answer} />
      ) : (
        <>
          {pending && mine && <EditedBy by={request.edited_by} viewer={viewer} />}
          <ApprovalValues
            args={request.args}
            before={request.edited_from ?? null}
            schema={request.args_schema}
            unsaid={request.unsaid}
            viewer={viewer}
          />
          {pending && mine && (request.unsaid ?? []).length > 0 && <FilledIn viewer={viewer} />}
          {request.request && <ApprovalRequest request={request.request} state={state} />}
          {pending && (
            <PendingPart
              {...{ item, title, viewer, mine }}
              onAnswer={onAnswer && answer}
              onEdit={() => setEditing(true)}
            />
          )}
        </>
      )}
      {!pending && <ApprovalOutcome item={item} />}
    </section>
  )
}

interface PendingProps extends Props {
  title: string
  mine: boolean
  onEdit: () => void
}

/** What can be done while it waits, and why the last answer was refused. */
function PendingPart({ item, title, viewer, mine, onAnswer, onEdit }: PendingProps) {
  return (
    <>
      {item.problem && (
        <p className={classes.problem} role="alert">
          {item.problem.message}
        </p>
      )}
      {mine && onAnswer && (
        <ApprovalButtons
          title={title}
          viewer={viewer}
          answering={item.answering}
          onAnswer={onAnswer}
          onEdit={onEdit}
        />
      )}
      {!mine && viewer === 'customer' && (
        <ApprovalWaiting title={title} item={item} onCancel={() => onAnswer?.({ approved: false })} />
      )}
    </>
  )
}

/** Who is asked, and until when; `until` is null where nobody can answer here. */
function CardHeader({ pending, mine, until }: { pending: boolean; mine: boolean; until: string | null }) {
  return (
    <header className={classes.header}>
      <span className={classes.kicker}>
        <ShieldIcon size={16} />
        {pending ? (mine ? 'Your approval is needed' : 'Waits for the support team') : 'Approval'}
      </span>
      {pending && until !== null && (
        <span className={classes.left}>
          <ClockIcon size={14} />
          <TimeLeft until={until} />
        </span>
      )}
    </header>
  )
}

/** What the marks at the values mean, and what to do about them. */
function FilledIn({ viewer }: { viewer: Props['viewer'] }) {
  const who = viewer === 'customer' ? 'you have not said' : 'the customer has not said'
  return (
    <p className={classes.note}>
      The assistant filled in what {who}. Please check it, and edit it where it is wrong.
    </p>
  )
}

const ACCESS_NOTES: Readonly<Record<string, string>> = {
  destructive: 'This cannot be taken back.',
  unknown: 'It is not known for sure what this does.',
}

/** What the reviewed label says of the action, in the product's own words, whatever its title says. */
function AccessNote({ access }: { access: string }) {
  const note = ACCESS_NOTES[access]
  return note ? <p className={classes.access}>{note}</p> : null
}

function Target({ name }: { name: string }) {
  return (
    <p className={classes.target}>
      In <strong>{name}</strong>
    </p>
  )
}
