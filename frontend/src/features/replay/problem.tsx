import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './problem.module.css'

/** What went wrong, said at once to whoever listens, with the way on. */
export function Problem({ children, onRetry }: { children: ReactNode; onRetry?: () => void }) {
  return (
    <div role="alert" className={classes.problem}>
      <p>{children}</p>
      {onRetry && (
        <Button size="compact-sm" variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}
