import type { ReactNode } from 'react'
import { Link } from 'react-router'
import page from './page.module.css'

/** The frame of a page below the list of APIs, with the way back to it. */
export function BelowApis({ wide = false, children }: { wide?: boolean; children: ReactNode }) {
  return (
    <main id="main" className={page.page} tabIndex={0}>
      <div className={wide ? page.wide : page.column}>
        <div className={page.strip}>
          <Link to="/apis" className={page.back}>
            All APIs
          </Link>
        </div>
        {children}
      </div>
    </main>
  )
}
