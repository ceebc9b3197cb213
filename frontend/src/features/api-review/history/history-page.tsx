import '../styles'
import { HistoryList } from './history-list'
import page from '../page.module.css'
import { BelowApis } from '../below-apis'

/** What people did to all APIs, also to those that are no longer there, and to the agents. */
export function HistoryPage() {
  return (
    <BelowApis>
      <h1 className={page.title}>History</h1>
      <p className={page.lead}>
        What people did to APIs and agents, newest first. It stays when an API is removed.
      </p>
      <HistoryList />
    </BelowApis>
  )
}
