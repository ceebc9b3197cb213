import { Button } from '@mantine/core'
import { useState } from 'react'
import { usePauses, type Pausable } from '../api/pauses'
import { PauseDialog } from './pause-dialog'

const ALL: Pausable = { kind: 'actions', name: '' }

/** Pauses one thing, or lets it go on; without `what`, whatever is chosen. */
export function PauseButton({ what }: { what?: Pausable }) {
  const [opened, setOpened] = useState(false)
  const items = usePauses().data?.items ?? []
  const paused = what !== undefined && items.some((one) => one.kind === what.kind && one.name === what.name)
  return (
    <>
      <Button
        size="compact-sm"
        variant={paused ? 'filled' : 'default'}
        {...(paused && { color: 'red.9' })}
        onClick={() => setOpened(true)}
      >
        {what === undefined ? 'Pause actions…' : paused ? 'Resume' : 'Pause'}
      </Button>
      <PauseDialog
        what={what ?? ALL}
        choice={what === undefined}
        opened={opened}
        onClose={() => setOpened(false)}
      />
    </>
  )
}
