// Server-sent event stream of an import job; where it breaks, the job is polled.
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { BASE } from '../../../api/client'
import type { Job } from '../types'

/** Follow an import by the server's event stream. False while the stream does not come through. */
export function useFollow(id: string): boolean {
  const queries = useQueryClient()
  const [open, setOpen] = useState(false)

  useEffect(() => {
    if (typeof EventSource === 'undefined') return
    const stream = new EventSource(`${BASE}/openapi/jobs/${id}/progress`)
    stream.onopen = () => setOpen(true)
    // The browser connects again by itself; until then the page asks.
    stream.onerror = () => setOpen(false)
    stream.onmessage = ({ data }: MessageEvent<string>) => {
      const job = JSON.parse(data) as Job
      applyUpdate(queries, job)
      // It will not change any more.
      if (job.status === 'approved') stream.close()
    }
    return () => {
      stream.close()
      setOpen(false)
    }
  }, [id, queries])

  return open
}

/** Take in what the server says of an import; operations that somebody edited meanwhile are asked for anew. */
export function applyUpdate(queries: QueryClient, job: Job): void {
  const key = ['imports', job.id]
  const before = queries.getQueryData<Job>(key)
  // Two answers may overtake each other.
  if (before && before.revision > job.revision) return
  queries.setQueryData(key, job)
  if (before && before.revision === job.revision && before.status === job.status) return
  if (before?.status !== job.status) void queries.invalidateQueries({ queryKey: ['imports'], exact: true })
  // What this page itself edits it knows; its own answer is on the way.
  if (queries.isMutating({ mutationKey: ['edit', job.id] }) > 0) return
  void queries.invalidateQueries({ queryKey: [...key, 'operations'] })
}
