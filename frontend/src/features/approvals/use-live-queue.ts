import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

const ADDRESS = '/api/v1/interrupts/live'

/** Hear of every change of the queue at once; false while it cannot be heard, and lists are asked for instead. */
export function useLiveQueue(): boolean {
  const queries = useQueryClient()
  const [live, setLive] = useState(false)
  useEffect(() => {
    if (typeof EventSource === 'undefined') return
    const stream = new EventSource(ADDRESS)
    stream.onmessage = () => {
      setLive(true)
      void queries.invalidateQueries({ queryKey: ['approvals'] })
    }
    // The browser connects again by itself; until then the lists are asked for more often.
    stream.onerror = () => setLive(false)
    return () => stream.close()
  }, [queries])
  return live
}
