import '../styles'
import { ConversationList } from './conversation-list'
import classes from './list.module.css'
import { FilterBar } from './filter-bar'
import { useFilters } from './use-filters'
import { useScrollRestoration } from './use-scroll-restoration'

/** Where a conversation is found: filters, words, and what they find, newest first. */
export function ConversationsPage() {
  const view = useFilters()
  const main = useScrollRestoration()
  return (
    <main id="main" ref={main} className={classes.page} tabIndex={0}>
      <div className={classes.column}>
        <div className={classes.top}>
          <h1 className={classes.title}>Replay</h1>
        </div>
        <p className={classes.lead}>
          Find a conversation, read what happened in it and why, and watch it as the customer saw it.
        </p>
        <FilterBar view={view} />
        <ConversationList view={view} />
      </div>
    </main>
  )
}
