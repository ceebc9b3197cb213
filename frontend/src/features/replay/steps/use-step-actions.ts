// Hook of what can be done with a step.
import { useMemo, useState } from 'react'
import type { Step } from '../types'
import { copied, linkTo } from './clipboard'
import type { StepActions } from './step-row'

/** What can be done with a step, whether steps are shown as JSON, and what to say of the last thing that was done. */
export function useStepActions(threadId: string, toggle: (seq: number) => void) {
  const [raw, setRaw] = useState(false)
  const [status, setStatus] = useState('')
  const actions = useMemo<StepActions>(
    () => ({
      toggle,
      copy: (step: Step) => void copied(JSON.stringify(step, null, 2), 'The step').then(setStatus),
      link: (seq: number) => void copied(linkTo(threadId, seq), 'The link').then(setStatus),
      raw: () => setRaw((now) => !now),
    }),
    [threadId, toggle],
  )
  return { raw, status, setStatus, actions }
}
