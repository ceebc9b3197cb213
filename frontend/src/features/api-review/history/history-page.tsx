import '../styles'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { HistoryList } from './history-list'
import page from '../page.module.css'

/** What people did to all APIs, also to those that are no longer there, and to the agents. */
export function HistoryPage({ tools }: { tools?: ReactNode }) {
  return (
    <main id="main" className={page.page} tabIndex={0}>
      <div className={page.column}>
        <div className={page.strip}>
          <Link to="/apis" className={page.back}>
            All APIs
          </Link>
          {tools}
        </div>
        <h1 className={page.title}>History</h1>
        <p className={page.lead}>
          What people did to APIs and agents, newest first. It stays when an API is removed.
        </p>
        <HistoryList />
      </div>
    </main>
  )
}
