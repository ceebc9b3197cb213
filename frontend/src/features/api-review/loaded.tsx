import { Button, Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { Problem } from './problem'

/** As much of a query as is needed to say how it stands. */
interface Asked<T> {
  data: T | undefined
  isError: boolean
  error: Error | null
  refetch: () => unknown
}

interface Props<T> {
  query: Asked<T>
  /** What is being loaded, for who cannot see the placeholder. */
  what: string
  children: (data: T) => ReactNode
}

/** What a query gives: a placeholder, what went wrong with a way on, or the data. */
export function Loaded<T>({ query, what, children }: Props<T>) {
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && <Problem>{`${query.error?.message} What you see is from before.`}</Problem>}
        {children(query.data)}
      </>
    )
  }
  if (query.isError) {
    return (
      <Problem>
        <p>{query.error?.message}</p>
        <Button size="compact-sm" variant="default" onClick={() => query.refetch()}>
          Try again
        </Button>
      </Problem>
    )
  }
  return (
    <div role="status" aria-label={`Loading ${what}`}>
      <Skeleton height={56} radius="md" mb={8} />
      <Skeleton height={56} radius="md" mb={8} />
    </div>
  )
}
