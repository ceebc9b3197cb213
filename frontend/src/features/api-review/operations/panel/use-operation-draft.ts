// Hook of an operation's draft: what was changed, saving it, and conflicts with a colleague's edit.
import { useState } from 'react'
import type { Edit, Operation } from '../../types'
import { changedBy } from '../edits'
import { useEditOne } from '../queries'
import { useReviewing } from '../review-context'

/** Draft of an edit: what a person has changed of an operation and not saved yet. */
export function useOperationDraft(operation: Operation) {
  const { jobId } = useReviewing()
  const edit = useEditOne(jobId)
  const [mine, setMine] = useState<Edit>({})
  // What the person saw when they began to edit it.
  const [base, setBase] = useState(operation)
  const wanted = changedBy(operation, mine)
  const unsaved = Object.keys(wanted).length > 0
  const drafting = Object.keys(mine).length > 0

  function save(then?: () => void) {
    if (!unsaved) return then?.()
    edit.mutate(
      { idx: operation.idx, revision: operation.revision, edit: wanted },
      {
        onSuccess: () => {
          setMine({})
          then?.()
        },
      },
    )
  }

  return {
    edit,
    mine,
    base,
    unsaved,
    shown: { ...operation, ...mine },
    // Known from the stream, or from the server's refusal to save.
    overtaken: drafting && !edit.isPending && operation.revision !== base.revision,
    save,
    set: (some: Edit) => {
      if (!drafting) setBase(operation)
      setMine((before) => ({ ...before, ...some }))
    },
    saveAgain: () => {
      setBase(operation)
      save()
    },
    keepTheirs: () => {
      setMine({})
      edit.reset()
    },
  }
}

export type OperationDraft = ReturnType<typeof useOperationDraft>
