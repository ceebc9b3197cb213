import { Button, Switch } from '@mantine/core'
import { useEffect, useState } from 'react'
import { ArgumentSources } from './argument-sources'
import { ChoiceGroup } from './choice-group'
import { Conflict } from './conflict'
import { changedBy } from '../edits'
import classes from './operation-drawer.module.css'
import { OperationTexts } from './operation-texts'
import { useEditOne } from '../queries'
import { Problem } from '../../problem'
import { useReviewing } from '../review-context'
import type { Edit, Operation } from '../../types'
import { ACCESS, ACCESSES, CONSENT, CONSENTS } from '../../labels'

interface Props {
  operation: Operation
  agents: readonly string[]
  /** Told whether there is something that would be lost. */
  onUnsaved: (unsaved: boolean) => void
  onNext: () => void
}

/** What a person decides about one operation. Nothing is sent before it is saved. */
export function OperationForm({ operation, agents, onUnsaved, onNext }: Props) {
  const { jobId, editable } = useReviewing()
  const edit = useEditOne(jobId)
  const [draft, setDraft] = useState<Edit>({})
  // What the person saw when they began to edit it.
  const [base, setBase] = useState(operation)
  const shown = { ...operation, ...draft }
  const wanted = changedBy(operation, draft)
  const unsaved = Object.keys(wanted).length > 0
  useEffect(() => onUnsaved(unsaved), [onUnsaved, unsaved])
  const drafting = Object.keys(draft).length > 0
  // Heard from the stream, or from the server's refusal to save.
  const overtaken = drafting && !edit.isPending && operation.revision !== base.revision
  const off = !editable || operation.change === 'removed'

  function save(then?: () => void) {
    if (!unsaved) return then?.()
    edit.mutate(
      { idx: operation.idx, revision: operation.revision, edit: wanted },
      {
        onSuccess: () => {
          setDraft({})
          then?.()
        },
      },
    )
  }

  function set(some: Edit) {
    if (!drafting) setBase(operation)
    setDraft((before) => ({ ...before, ...some }))
  }

  function again() {
    setBase(operation)
    save()
  }

  function keepTheirs() {
    setDraft({})
    edit.reset()
  }

  return (
    <form
      className={classes.form}
      aria-label="Labels"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <Switch
        label="Enabled: the AI may use it"
        checked={shown.enabled}
        disabled={off}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
      <ChoiceGroup
        legend="What it does"
        value={shown.access}
        disabled={off}
        choices={ACCESSES.map((value) => ({ value, ...ACCESS[value] }))}
        onChange={(access) => set({ access })}
      />
      <ChoiceGroup
        legend="Who must consent"
        value={shown.consent}
        disabled={off}
        choices={CONSENTS.map((value) => ({ value, ...CONSENT[value] }))}
        onChange={(consent) => set({ consent })}
      />
      <ArgumentSources operation={shown} disabled={off} onChange={set} />
      <OperationTexts operation={shown} agents={agents} disabled={off} onChange={set} />
      {overtaken ? (
        <Conflict base={base} theirs={operation} mine={draft} onAgain={again} onTheirs={keepTheirs} />
      ) : (
        edit.isError && <Problem>{edit.error.message}</Problem>
      )}
      {!off && !overtaken && (
        <div className={classes.foot} data-drafting={unsaved || undefined}>
          <Button type="submit" loading={edit.isPending} disabled={!unsaved}>
            Save
          </Button>
          <Button variant="default" disabled={edit.isPending} onClick={() => save(onNext)}>
            {unsaved ? 'Save and next' : 'Next'}
          </Button>
          <span role="status">{edit.isSuccess && !unsaved && 'Saved.'}</span>
        </div>
      )}
    </form>
  )
}
