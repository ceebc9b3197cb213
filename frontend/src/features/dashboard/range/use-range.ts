import { useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { addressOf, ownZone, rangeIn, type Chosen } from '../range'

/** The range in the page's address, and the address of another one. */
export function useRange(): {
  chosen: Chosen
  own: string
  addressWith: (change: Partial<Chosen>) => string
} {
  const [params] = useSearchParams()
  return useMemo(() => {
    const own = ownZone()
    const chosen = rangeIn(params, own)
    return { chosen, own, addressWith: (change) => addressOf({ ...chosen, ...change }, own, params) }
  }, [params])
}
