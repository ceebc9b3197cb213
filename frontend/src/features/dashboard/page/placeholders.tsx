import { Button, Skeleton } from '@mantine/core'
import classes from './dashboard.module.css'

const PLACES = ['a', 'b', 'c', 'd', 'e', 'f']

/** Where the figures will be. */
export function DashboardSkeleton() {
  return (
    <div role="status" aria-label="Loading the figures" className={classes.waiting}>
      {PLACES.map((place) => (
        <Skeleton key={place} height={120} radius="md" />
      ))}
    </div>
  )
}

interface ProblemProps {
  message: string
  /** Whether older figures are still shown. */
  stale: boolean
  onRetry: () => void
}

/** Why there are no figures, or no new ones, and what to do. */
export function DashboardProblem({ message, stale, onRetry }: ProblemProps) {
  return (
    <div role="alert" className={classes.problem}>
      <p>
        {message} {stale && 'What you see is from before.'}
      </p>
      <Button size="compact-sm" variant="default" onClick={onRetry}>
        Try again
      </Button>
    </div>
  )
}
