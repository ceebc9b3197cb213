import type { ReactNode } from 'react'
import classes from './status-page.module.css'

/** A page that says one thing, and what to do next. */
export function StatusPage({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <main id="main" className={classes.page} tabIndex={-1}>
      <h1 className={classes.title}>{title}</h1>
      {children}
    </main>
  )
}
