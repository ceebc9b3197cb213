import { useId } from 'react'
import page from '../page.module.css'
import type { Job, Note } from '../types'

/** What was noticed in the document, each with its place. */
export function NoteList({ title, notes, lead }: { title: string; notes: readonly Note[]; lead?: string }) {
  const heading = useId()
  return (
    <section className={page.section} aria-labelledby={heading}>
      <h2 id={heading} className={page.heading}>
        {title} ({notes.length})
      </h2>
      {lead && <p className={page.lead}>{lead}</p>}
      <ul className={page.notes}>
        {notes.map((note, index) => (
          <li key={index}>
            {note.message} {note.place && <span className={page.place}>{note.place}</span>}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What a reviewer should know of the document itself. */
export function DocumentNotes({ job }: { job: Job }) {
  if (job.skipped.length === 0 && job.warnings.length === 0) {
    return (
      <section className={page.section} aria-label="The document">
        <p className={page.empty}>The document keeps to the standard; every operation was read.</p>
      </section>
    )
  }
  return (
    <>
      {job.skipped.length > 0 && (
        <NoteList
          title="Operations that were left out"
          lead="They could not be read, so the AI cannot use them. Everything else is not affected."
          notes={job.skipped}
        />
      )}
      {job.warnings.length > 0 && (
        <NoteList
          title="Where the document bends the standard"
          lead="It was understood all the same; have a look at whether it was understood rightly."
          notes={job.warnings}
        />
      )}
    </>
  )
}
