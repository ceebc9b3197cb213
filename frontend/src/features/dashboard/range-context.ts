// Context of the range that the shown figures are about.
import { createContext, useContext } from 'react'
import type { Chosen } from './range'
import type { Period } from './types'

/** Which time the shown figures are about: as it was chosen, and as the server understood it. */
export interface Shown {
  chosen: Chosen
  range: Period
  previous: Period
}

export const RangeContext = createContext<Shown | null>(null)

/** The range of the figures around a component. */
export function useShown(): Shown {
  const shown = useContext(RangeContext)
  if (shown === null) throw new Error('A figure stands inside a range.')
  return shown
}
