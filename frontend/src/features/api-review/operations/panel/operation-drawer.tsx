import { Button, Drawer } from '@mantine/core'
import { useState } from 'react'
import { AccessBadge } from '../access-badge'
import { Confirm } from '../../confirm'
import { Evidence } from '../evidence'
import { OperationForm } from './operation-form'
import page from '../../page.module.css'
import classes from './operation-drawer.module.css'
import { useReviewing } from '../review-context'
import { TryRead } from './try-read'
import type { Operation } from '../../types'
import { useUnsavedChanges, type UnsavedChanges } from './use-unsaved-changes'
import type { ReviewView } from '../view/use-review'
import { percent } from '../../format'

interface Props {
  view: ReviewView
  agents: readonly string[]
  onClosed: () => void
}

/** One operation from all sides: why, what it may do, and a try. */
export function OperationDrawer({ view, agents, onClosed }: Props) {
  const { opened, order, open, step } = view
  const at = opened ? order.indexOf(opened.idx) : -1
  const [unsaved, setUnsaved] = useState(false)
  const unsavedChanges = useUnsavedChanges(unsaved)

  function go(by: number) {
    const idx = order[at + by]
    if (idx === undefined) return
    step({ type: 'go', idx })
    open(idx)
  }

  function close() {
    open(null)
    onClosed()
  }

  return (
    <Drawer
      opened={opened !== null}
      onClose={() => unsavedChanges.leave(close)}
      closeOnEscape={!unsavedChanges.asked}
      trapFocus={!unsavedChanges.asked}
      // The list takes the focus back, to the line where the keyboard stands.
      returnFocus={false}
      position="right"
      size="34rem"
      title={opened?.title ?? ''}
      closeButtonProps={{ 'aria-label': 'Close' }}
      // Its header is no second header of the page.
      attributes={{ header: { role: 'none' } }}
      classNames={{ body: classes.body ?? '', title: classes.title ?? '' }}
    >
      {opened && (
        <>
          <Walk at={at} of={order.length} onGo={(by) => unsavedChanges.leave(() => go(by))} />
          <Opened
            key={opened.idx}
            operation={opened}
            agents={agents}
            onUnsaved={setUnsaved}
            onNext={() => go(1)}
          />
          <ConfirmLeaving
            title={opened.title}
            changes={unsavedChanges}
            onDiscard={() => {
              setUnsaved(false)
              unsavedChanges.discard()
            }}
          />
        </>
      )}
    </Drawer>
  )
}

interface ConfirmLeavingProps {
  title: string
  changes: UnsavedChanges
  onDiscard: () => void
}

function ConfirmLeaving({ title, changes, onDiscard }: ConfirmLeavingProps) {
  return (
    <Confirm
      opened={changes.asked}
      title="Leave without saving?"
      action="Discard the change"
      pending={false}
      problem={undefined}
      onConfirm={onDiscard}
      onClose={changes.stay}
    >
      What you changed of “{title}” has not been saved.
    </Confirm>
  )
}

function Walk({ at, of, onGo }: { at: number; of: number; onGo: (by: number) => void }) {
  return (
    <div className={classes.walk}>
      <Button size="compact-sm" variant="default" disabled={at <= 0} onClick={() => onGo(-1)}>
        Previous
      </Button>
      <Button size="compact-sm" variant="default" disabled={at < 0 || at === of - 1} onClick={() => onGo(1)}>
        Next
      </Button>
      <span className={page.meta}>{at >= 0 && `${at + 1} of ${of}`}</span>
    </div>
  )
}

interface OpenedProps {
  operation: Operation
  agents: readonly string[]
  onUnsaved: (unsaved: boolean) => void
  onNext: () => void
}

function Opened({ operation, agents, onUnsaved, onNext }: OpenedProps) {
  const { editable } = useReviewing()
  return (
    <>
      <p className={classes.key}>
        <b>{operation.method}</b> {operation.server + operation.path}
      </p>
      <p className={classes.facts}>
        <AccessBadge access={operation.access} /> {percent(operation.confidence)} sure ·{' '}
        {operation.tokens.toLocaleString('en')} tokens · <code>{operation.name}</code>
        {operation.idempotency && ' · safe to repeat with a key'}
      </p>
      <Evidence operation={operation} />
      <OperationForm operation={operation} agents={agents} onUnsaved={onUnsaved} onNext={onNext} />
      {operation.access === 'read' && operation.change !== 'removed' && editable && (
        <TryRead operation={operation} />
      )}
    </>
  )
}
