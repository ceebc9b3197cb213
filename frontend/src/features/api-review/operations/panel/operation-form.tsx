import { Button, Switch } from '@mantine/core'
import { useEffect } from 'react'
import { ArgumentSources } from './argument-sources'
import { ChoiceGroup } from './choice-group'
import { Conflict } from './conflict'
import classes from './operation-drawer.module.css'
import { OperationTexts } from './operation-texts'
import { Problem } from '../../problem'
import { useReviewing } from '../review-context'
import type { Operation } from '../../types'
import { ACCESS, ACCESSES, CONSENT, CONSENTS } from '../../labels'
import { useOperationDraft, type OperationDraft } from './use-operation-draft'

interface Props {
  operation: Operation
  agents: readonly string[]
  /** Told whether there is something that would be lost. */
  onUnsaved: (unsaved: boolean) => void
  onNext: () => void
}

/** What a person decides about one operation. Nothing is sent before it is saved. */
export function OperationForm({ operation, agents, onUnsaved, onNext }: Props) {
  const { editable } = useReviewing()
  const draft = useOperationDraft(operation)
  const { shown, set, unsaved, overtaken, edit } = draft
  useEffect(() => onUnsaved(unsaved), [onUnsaved, unsaved])
  const off = !editable || operation.change === 'removed'
  return (
    <form
      className={classes.form}
      aria-label="Labels"
      onSubmit={(event) => {
        event.preventDefault()
        draft.save()
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
        <Conflict
          base={draft.base}
          theirs={operation}
          mine={draft.mine}
          onAgain={draft.saveAgain}
          onTheirs={draft.keepTheirs}
        />
      ) : (
        edit.isError && <Problem>{edit.error.message}</Problem>
      )}
      {!off && !overtaken && <SaveBar draft={draft} onNext={onNext} />}
    </form>
  )
}

function SaveBar({ draft, onNext }: { draft: OperationDraft; onNext: () => void }) {
  const { unsaved, edit } = draft
  return (
    <div className={classes.foot} data-drafting={unsaved || undefined}>
      <Button type="submit" loading={edit.isPending} disabled={!unsaved}>
        Save
      </Button>
      <Button variant="default" disabled={edit.isPending} onClick={() => draft.save(onNext)}>
        {unsaved ? 'Save and next' : 'Next'}
      </Button>
      <span role="status">{edit.isSuccess && !unsaved && 'Saved.'}</span>
    </div>
  )
}
