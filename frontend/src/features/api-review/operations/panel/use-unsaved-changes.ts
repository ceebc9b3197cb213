// Guard of unsaved changes.
import { useCallback, useState } from 'react'
import { useBeforeUnload, useBlocker } from 'react-router'

export interface UnsavedChanges {
  /** Whether a person is being asked whether what is not saved may be lost. */
  asked: boolean
  /** Do something that loses what is not saved: at once where there is nothing, otherwise once it is allowed. */
  leave: (then: () => void) => void
  discard: () => void
  stay: () => void
}

/** Nothing that is not saved is lost by a key, a link, the browser's back button or a closed window alone. */
export function useUnsavedChanges(unsaved: boolean): UnsavedChanges {
  const [wanted, setWanted] = useState<(() => void) | null>(null)
  const blocker = useBlocker(unsaved)
  useBeforeUnload(
    useCallback(
      (event) => {
        if (unsaved) event.preventDefault()
      },
      [unsaved],
    ),
  )
  return {
    asked: wanted !== null || blocker.state === 'blocked',
    leave: (then) => {
      // Not at once: the Escape that asks for it would close the question as well.
      if (unsaved) setTimeout(() => setWanted(() => then))
      else then()
    },
    discard: () => {
      setWanted(null)
      if (blocker.state === 'blocked') blocker.proceed()
      else wanted?.()
    },
    stay: () => {
      setWanted(null)
      if (blocker.state === 'blocked') blocker.reset()
    },
  }
}
