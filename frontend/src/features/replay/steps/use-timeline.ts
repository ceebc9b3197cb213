// Hook of the timeline's state, in step with the address.
import { useCallback, useEffect, useReducer, useRef } from 'react'
import { useSearchParams } from 'react-router'
import { move, timelineAt } from './timeline-state'

/** State of a timeline, kept in step with the address: `step` is the one that the address leads to. */
export function useTimeline(step: number | null, last: number) {
  const [place, go] = useReducer(move, step === null ? null : Math.min(step, Math.max(1, last)), timelineAt)
  const [, setParams] = useSearchParams()
  const known = useRef(step)

  // The address changed by other means: the back button, or a link on this page.
  useEffect(() => {
    if (step === known.current) return
    known.current = step
    if (step !== null) go({ type: 'to', seq: step, open: true })
  }, [step])

  const toggle = useCallback(
    (seq: number) => {
      go({ type: 'toggle', seq })
      known.current = seq
      setParams(
        (now) => {
          const next = new URLSearchParams(now)
          next.set('step', String(seq))
          return next
        },
        { replace: true },
      )
    },
    [setParams],
  )
  return { place, go, toggle }
}
