import type { ReactNode } from 'react'
import classes from './evidence.module.css'
import { formatEditedFields } from './edits'
import type { Access, Operation } from '../types'
import { ACCESS, ACCESSES } from '../labels'

/** Why an operation is labelled as it is, what is odd about it, and what changed. */
export function Evidence({ operation }: { operation: Operation }) {
  const { evidence, warnings, changes, edited, edited_by } = operation
  return (
    <div className={classes.why}>
      {operation.description && <p className={classes.description}>{operation.description}</p>}
      {changes.length > 0 && (
        <Points title="Since the last import">
          {changes.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </Points>
      )}
      <Points title="Why this label">
        {evidence.length === 0 && <li>Nothing spoke for anything; in doubt it counts as a write.</li>}
        {evidence.map((one, index) => (
          <li key={index}>
            {one.text} <PointsTo access={ACCESSES.find((access) => access === one.points_to)} />
          </li>
        ))}
        {edited.length > 0 && (
          <li>
            {edited_by ?? 'Somebody'} changed {formatEditedFields(edited)}.
          </li>
        )}
      </Points>
      {warnings.length > 0 && (
        <Points title="Odd in the document">
          {warnings.map((note, index) => (
            <li key={index}>
              {note.message} {note.place && <code className={classes.place}>{note.place}</code>}
            </li>
          ))}
        </Points>
      )}
    </div>
  )
}

function Points({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <strong className={classes.title}>{title}</strong>
      <ul className={classes.list}>{children}</ul>
    </div>
  )
}

function PointsTo({ access }: { access: Access | undefined }) {
  if (!access) return null
  return (
    <span className={classes.points} data-access={access}>
      → {ACCESS[access].word.toLowerCase()}
    </span>
  )
}
