import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { humanize } from '../../../../conversation/format'
import classes from './bulk-bar.module.css'
import { useEditMany } from '../queries'
import { useReviewing } from '../review-context'
import type { Edit, Edited, Operation } from '../../types'
import type { ReviewView } from '../view/use-review'
import { count } from '../../format'
import { ACCESS, ACCESSES, CONSENT, CONSENTS } from '../../labels'

/** One edit for all that are chosen. */
export function BulkBar({ view, agents }: { view: ReviewView; agents: readonly string[] }) {
  const { jobId } = useReviewing()
  const edit = useEditMany(jobId)
  const [result, setResult] = useState('')
  const { chosen } = view

  function apply(change: Edit) {
    setResult('')
    edit.mutate(
      { operations: chosen, edit: change },
      {
        onSuccess: (edited) => setResult(outcome(edited, chosen)),
        onError: (error) => setResult(error.message),
      },
    )
  }

  return (
    <div className={classes.bar} role="region" aria-label="Edit the selected operations">
      <strong className={classes.count}>{count(chosen.length, 'operation')} selected</strong>
      <Pick
        label="Access"
        options={ACCESSES.map((value) => [value, ACCESS[value].word])}
        disabled={edit.isPending}
        onPick={(access) => apply({ access })}
      />
      <Pick
        label="Consent"
        options={CONSENTS.map((value) => [value, CONSENT[value].word])}
        disabled={edit.isPending}
        onPick={(consent) => apply({ consent })}
      />
      <Pick
        label="Agent"
        options={agents.map((value) => [value, humanize(value)])}
        disabled={edit.isPending}
        onPick={(agent) => apply({ agent })}
      />
      <Button size="xs" variant="default" disabled={edit.isPending} onClick={() => apply({ enabled: true })}>
        Enable
      </Button>
      <Button size="xs" variant="default" disabled={edit.isPending} onClick={() => apply({ enabled: false })}>
        Disable
      </Button>
      <Button size="xs" variant="subtle" onClick={() => view.step({ type: 'none' })}>
        Clear
      </Button>
      <span role="status" className={classes.result}>
        {edit.isPending ? 'Saving…' : result}
      </span>
    </div>
  )
}

interface PickProps<T extends string> {
  label: string
  options: readonly (readonly [value: T, word: string])[]
  disabled: boolean
  onPick: (value: T) => void
}

/** A choice that is carried out at once and forgotten: it is an order, not a state. */
function Pick<T extends string>({ label, options, disabled, onPick }: PickProps<T>) {
  return (
    <NativeSelect
      size="xs"
      aria-label={`Set ${label.toLowerCase()} of the selected`}
      disabled={disabled}
      value=""
      data={[{ value: '', label: `${label}…` }, ...options.map(([value, word]) => ({ value, label: word }))]}
      onChange={({ currentTarget: { value } }) => {
        if (value) onPick(value as T)
      }}
    />
  )
}

/** What became of an edit of many, in a sentence. */
export function outcome({ changed, refused }: Edited, among: readonly Operation[]): string {
  const done = `${changed.length} changed.`
  const first = refused[0]
  if (!first) return done
  const title = among.find((operation) => operation.idx === first.idx)?.title ?? 'one'
  const others = refused.length > 1 ? ` and ${refused.length - 1} more` : ''
  return `${done} Not changed: ${title}${others}. ${first.message}`
}
