import { Button } from '@mantine/core'
import { useState } from 'react'
import classes from './show-more.module.css'

/** As much of a list in pages as is needed to go on with it. */
interface Paged {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

interface ShowMoreProps {
  query: Paged
  label?: string
  /** What stands at the end of the list, for those who came there by the button. */
  end?: string
}

/** The way to what is further down a list; at its end, where the way was used, it says so and keeps the focus. */
export function ShowMore({ query, label = 'Show more', end = 'That is all.' }: ShowMoreProps) {
  const [used, setUsed] = useState(false)
  if (!query.hasNextPage) {
    return used ? (
      <p className={classes.end} tabIndex={-1} ref={takeFocus}>
        {end}
      </p>
    ) : null
  }
  const loading = query.isFetchingNextPage
  const more = () => {
    setUsed(true)
    query.fetchNextPage()
  }
  return (
    // Not disabled while it loads: in a browser that would take the focus away.
    <Button
      variant="default"
      className={classes.more}
      aria-busy={loading}
      onClick={loading ? undefined : more}
    >
      {loading ? 'Loading…' : label}
    </Button>
  )
}

/** The focus was on the button that is gone; who has gone elsewhere meanwhile stays there. */
function takeFocus(end: HTMLElement | null): void {
  if (document.activeElement === document.body) end?.focus()
}
