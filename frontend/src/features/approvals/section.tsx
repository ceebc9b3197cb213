import { Skeleton } from '@mantine/core'
import { useId, type ReactNode } from 'react'
import { ShowMore } from '../../components/show-more'
import classes from './approvals.module.css'

/** As much of a query in pages as a section needs. */
interface Paged<Page> {
  data: { pages: Page[] } | undefined
  isPending: boolean
  isError: boolean
  error: Error | null
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

interface Props<Page> {
  title: string
  query: Paged<Page>
  count: (pages: Page[]) => number
  /** What to say while there is nothing. */
  empty: string
  children: (pages: Page[]) => ReactNode
}

/** One list of the page: loading, empty, out of reach, or what is in it, and more of it. */
export function Section<Page>({ title, query, count, empty, children }: Props<Page>) {
  const heading = useId()
  const pages = query.data?.pages
  const items = pages === undefined ? 0 : count(pages)
  return (
    <section aria-labelledby={heading} className={classes.section}>
      <h2 id={heading} className={classes.heading}>
        {title}
        {items > 0 && (
          <span className={classes.count}>
            {items}
            {query.hasNextPage && '+'}
          </span>
        )}
      </h2>
      {query.isPending && <Skeleton height={64} radius="md" />}
      {query.isError && (
        <p role="alert" className={classes.problem}>
          {query.error?.message} {pages !== undefined && 'What you see is from before.'}
        </p>
      )}
      {pages !== undefined && (items === 0 ? <p className={classes.empty}>{empty}</p> : children(pages))}
      <ShowMore query={query} />
    </section>
  )
}
