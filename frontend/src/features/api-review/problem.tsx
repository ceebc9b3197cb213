import type { ReactNode } from 'react'
import page from './page.module.css'

/** What went wrong, said at once to whoever listens. */
export function Problem({ children }: { children: ReactNode }) {
  return (
    <div role="alert" className={page.problem}>
      {typeof children === 'string' ? <p>{children}</p> : children}
    </div>
  )
}
