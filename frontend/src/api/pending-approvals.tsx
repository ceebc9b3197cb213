// Context of pending approvals: one server-sent event stream per page counts what waits for staff.
import { useQueryClient } from '@tanstack/react-query'
import { createContext, use, useEffect, useState, type ReactNode } from 'react'
import { BASE } from './client'

const ADDRESS = `${BASE}/approvals/live`
const AGAIN_MS = 10_000 // a stream that was refused is not opened again by the browser

interface PendingApprovals {
  /** How many approvals wait for staff, as the server last said. */
  readonly count: number
  /** Whether changes arrive at once; otherwise the lists have to be polled. */
  readonly live: boolean
}

const NOTHING: PendingApprovals = { count: 0, live: false }
const PendingApprovalsContext = createContext(NOTHING)

/** Provides the count to everything in it. One stream serves the whole page, while `staff` is signed in. */
export function PendingApprovalsProvider({ staff, children }: { staff: boolean; children: ReactNode }) {
  return (
    <PendingApprovalsContext value={usePendingApprovalsStream(staff)}>{children}</PendingApprovalsContext>
  )
}

export function usePendingApprovals(): PendingApprovals {
  return use(PendingApprovalsContext)
}

function usePendingApprovalsStream(on: boolean): PendingApprovals {
  const queries = useQueryClient()
  const [waiting, setWaiting] = useState(NOTHING)
  useEffect(() => {
    if (!on || typeof EventSource === 'undefined') return
    const stop = whileVisible(() =>
      subscribe(
        (count) => {
          setWaiting({ count, live: true })
          void queries.invalidateQueries({ queryKey: ['approvals'] })
        },
        () => setWaiting(({ count }) => ({ count, live: false })),
      ),
    )
    return () => {
      stop()
      setWaiting(NOTHING)
    }
  }, [on, queries])
  return waiting
}

/** Hear every change until the returned function is called; a line that breaks is opened again. */
function subscribe(onCount: (count: number) => void, onLost: () => void): () => void {
  let stream: EventSource
  let timer: ReturnType<typeof setTimeout> | undefined
  function open() {
    const line = new EventSource(ADDRESS)
    stream = line
    line.onmessage = ({ data }: MessageEvent<string>) =>
      onCount((JSON.parse(data) as { waiting: number }).waiting)
    line.onerror = () => {
      onLost()
      if (line.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_MS)
    }
  }
  open()
  return () => {
    clearTimeout(timer)
    stream.close()
    onLost()
  }
}

/** Do something while the page is in sight. Browsers keep six lines to a server, and tabs in the background would hold them. */
function whileVisible(begin: () => () => void): () => void {
  let end: (() => void) | null = null
  function update() {
    if (document.visibilityState === 'hidden') {
      end?.()
      end = null
    } else {
      end ??= begin()
    }
  }
  update()
  document.addEventListener('visibilitychange', update)
  return () => {
    document.removeEventListener('visibilitychange', update)
    end?.()
  }
}
