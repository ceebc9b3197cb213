// Context of the import under review.
import { createContext, use } from 'react'
import type { Operation } from '../types'

interface Reviewing {
  jobId: string
  /** Whether the import is still under review; afterwards it is only shown. */
  editable: boolean
  operations: readonly Operation[]
}

export const ReviewContext = createContext<Reviewing | null>(null)

/** The import that is being looked at. */
export function useReviewing(): Reviewing {
  const reviewing = use(ReviewContext)
  if (!reviewing) throw new Error('nothing is being reviewed here')
  return reviewing
}
