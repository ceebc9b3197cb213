import { Skeleton } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import { useId, type ReactNode } from 'react'
import classes from './approvals.module.css'

interface Props<T> {
  title: string
  query: UseQueryResult<T>
  count: (data: T) => number
  /** What to say while there is nothing. */
  empty: string
  children: (data: T) => ReactNode
}

/** One list of the page: loading, empty, out of reach, or what is in it. */
export function Section<T>({ title, query, count, empty, children }: Props<T>) {
  const heading = useId()
  const { data } = query
  const items = data === undefined ? 0 : count(data)
  return (
    <section aria-labelledby={heading} className={classes.section}>
      <h2 id={heading} className={classes.heading}>
        {title}
        {items > 0 && <span className={classes.count}>{items}</span>}
      </h2>
      {query.isPending && <Skeleton height={64} radius="md" />}
      {query.isError && (
        <p role="alert" className={classes.problem}>
          {query.error.message} {data !== undefined && 'What you see is from before.'}
        </p>
      )}
      {data !== undefined && (items === 0 ? <p className={classes.empty}>{empty}</p> : children(data))}
    </section>
  )
}
