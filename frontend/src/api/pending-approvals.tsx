import { useQueryClient } from '@tanstack/react-query'
import { createContext, use, useEffect, useState, type ReactNode } from 'react'
import { BASE } from './client'

const ADDRESS = `${BASE}/approvals/live`
const AGAIN_MS = 10_000 // a stream that was refused is not opened again by the browser

interface Waiting {
  /** How many approvals wait for staff, as last heard. */
  readonly count: number
  /** Whether a change is heard at once; otherwise the lists have to be asked for. */
  readonly live: boolean
}

const NOTHING: Waiting = { count: 0, live: false }
const WaitingContext = createContext(NOTHING)

/** Tells everything in it how much waits for staff. One stream serves the whole page, while there is `staff` to hear it. */
export function WaitingProvider({ staff, children }: { staff: boolean; children: ReactNode }) {
  return <WaitingContext value={useWaitingStream(staff)}>{children}</WaitingContext>
}

export function useWaiting(): Waiting {
  return use(WaitingContext)
}

function useWaitingStream(on: boolean): Waiting {
  const queries = useQueryClient()
  const [waiting, setWaiting] = useState(NOTHING)
  useEffect(() => {
    if (!on || typeof EventSource === 'undefined') return
    const stop = whileSeen(() =>
      listen(
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
function listen(onCount: (count: number) => void, onLost: () => void): () => void {
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
function whileSeen(begin: () => () => void): () => void {
  let end: (() => void) | null = null
  function look() {
    if (document.visibilityState === 'hidden') {
      end?.()
      end = null
    } else {
      end ??= begin()
    }
  }
  look()
  document.addEventListener('visibilitychange', look)
  return () => {
    document.removeEventListener('visibilitychange', look)
    end?.()
  }
}
