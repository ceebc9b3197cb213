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
import { useUnsavedChanges } from './use-unsaved-changes'
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
          <div className={classes.walk}>
            <Button
              size="compact-sm"
              variant="default"
              disabled={at <= 0}
              onClick={() => unsavedChanges.leave(() => go(-1))}
            >
              Previous
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              disabled={at < 0 || at === order.length - 1}
              onClick={() => unsavedChanges.leave(() => go(1))}
            >
              Next
            </Button>
            <span className={page.meta}>{at >= 0 && `${at + 1} of ${order.length}`}</span>
          </div>
          <Opened
            key={opened.idx}
            operation={opened}
            agents={agents}
            onUnsaved={setUnsaved}
            onNext={() => go(1)}
          />
          <Confirm
            opened={unsavedChanges.asked}
            title="Leave without saving?"
            action="Discard the change"
            pending={false}
            problem={undefined}
            onConfirm={() => {
              setUnsaved(false)
              unsavedChanges.discard()
            }}
            onClose={unsavedChanges.stay}
          >
            What you changed of “{opened.title}” has not been saved.
          </Confirm>
        </>
      )}
    </Drawer>
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
        <b>{operation.method}</b> {operation.path}
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
