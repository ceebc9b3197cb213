import { Button } from '@mantine/core'
import { useState } from 'react'
import page from './page.module.css'

/** As much of a list in pages as is needed to go on with it. */
interface Paged {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

/** The way to what is further down a list; at its end, where the way was used, it says so and keeps the focus. */
export function Older({ query }: { query: Paged }) {
  const [used, setUsed] = useState(false)
  if (!query.hasNextPage) {
    return used ? (
      <div className={page.buttons}>
        <p className={page.meta} tabIndex={-1} ref={takeFocus}>
          There is nothing older.
        </p>
      </div>
    ) : null
  }
  const loading = query.isFetchingNextPage
  const more = () => {
    setUsed(true)
    query.fetchNextPage()
  }
  return (
    <div className={page.buttons}>
      {/* Not disabled while it loads: in a browser that would take the focus away. */}
      <Button variant="default" aria-busy={loading} onClick={loading ? undefined : more}>
        {loading ? 'Loading…' : 'Show older'}
      </Button>
    </div>
  )
}

/** The focus was on the button that is gone; who has gone elsewhere meanwhile stays there. */
function takeFocus(end: HTMLElement | null): void {
  if (document.activeElement === document.body) end?.focus()
}
