// Hook that refetches figures when the server's event stream says that they have changed.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { BASE } from '../../../api/client'
import { KEY } from '../queries'
import { Throttle } from './throttle'

const ADDRESS = `${BASE}/analytics/live`
const AT_MOST_EVERY_MS = 3000 // numbers that jump faster can't be read
const AGAIN_MS = 10_000 // a stream that was refused is not opened again by the browser

/** Ask for the figures whenever the server says that they have changed; false while it cannot be heard. */
export function useLiveFigures(): boolean {
  const queries = useQueryClient()
  const [live, setLive] = useState(false)
  useEffect(() => {
    if (typeof EventSource === 'undefined') return
    let stream: EventSource | null = null
    let timer: ReturnType<typeof setTimeout> | undefined
    const refetch = new Throttle(() => {
      // A page that nobody sees asks when it is looked at again.
      const refetchType = document.visibilityState === 'hidden' ? 'none' : 'active'
      void queries.invalidateQueries({ queryKey: KEY, refetchType })
    }, AT_MOST_EVERY_MS)
    const open = () => {
      const current = new EventSource(ADDRESS)
      stream = current
      current.onopen = () => setLive(true)
      current.onmessage = () => refetch.call()
      current.onerror = () => {
        setLive(false)
        if (current.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_MS)
      }
    }
    open()
    return () => {
      clearTimeout(timer)
      refetch.stop()
      stream?.close()
    }
  }, [queries])
  return live
}
