import { Button, Skeleton } from '@mantine/core'
import { ShowMore } from '../../../components/show-more'
import { Link } from 'react-router'
import { ConversationRow } from './conversation-row'
import { useConversations } from './queries'
import { counted } from '../format'
import classes from './list.module.css'
import { NAMES } from './filters'
import { Problem } from '../problem'
import type { FilterView } from './use-filters'

/** What was found, newest first; more on demand. */
export function ConversationList({ view }: { view: FilterView }) {
  const conversations = useConversations(view.filters)
  const rows = conversations.data?.pages.flatMap((page) => page.items) ?? []
  const filtered = NAMES.some((name) => view.filters[name])
  if (conversations.isPending) return <Placeholder />
  return (
    <section aria-label="Conversations" aria-busy={conversations.isFetching}>
      {conversations.isError && (
        <Problem onRetry={() => void conversations.refetch()}>
          {conversations.error.message}
          {rows.length > 0 && ' What you see is from before.'}
        </Problem>
      )}
      <p role="status" className={classes.count}>
        {conversations.isPlaceholderData ? 'Searching…' : formatCount(rows.length, conversations.hasNextPage)}
      </p>
      {conversations.isSuccess &&
        rows.length === 0 &&
        (filtered ? <NothingFound view={view} /> : <NothingYet />)}
      <ul className={classes.list} data-old={conversations.isPlaceholderData || undefined}>
        {rows.map((row) => (
          <li key={row.thread_id}>
            <ConversationRow row={row} />
          </li>
        ))}
      </ul>
      <ShowMore query={conversations} />
    </section>
  )
}

function formatCount(shown: number, more: boolean): string {
  if (shown === 0) return ''
  return more ? `The newest ${shown}` : counted(shown, 'conversation')
}

function NothingFound({ view }: { view: FilterView }) {
  return (
    <div className={classes.empty}>
      <h2>No conversation is like that</h2>
      <p>
        Everything that is asked for has to be true of it. Every word has to stand in it, or begin a word in
        it.
      </p>
      <Button variant="default" onClick={view.clear}>
        Clear the filters
      </Button>
    </div>
  )
}

function NothingYet() {
  return (
    <div className={classes.empty}>
      <h2>No conversations yet</h2>
      <p>
        Every conversation is recorded here, step by step, from its first message on.{' '}
        <Link to="/">Start one</Link> in the chat, or have a quarter of a shop’s support invented with{' '}
        <code>make demo</code>.
      </p>
    </div>
  )
}

function Placeholder() {
  return (
    <div role="status" aria-label="Loading the conversations">
      {[0, 1, 2, 3, 4].map((line) => (
        <Skeleton key={line} height={78} radius="md" mb={10} />
      ))}
    </div>
  )
}
