import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { nameOfPause, usePauses, useSwitch, type Pausable, type Pause } from '../api/pauses'

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

const MEANS: Readonly<Record<Pause['kind'], string>> = {
  actions: 'Nothing is changed anywhere any more, on every server at once. Look-ups go on.',
  api: 'Nothing is sent to it any more, look-ups included, on every server at once.',
  tool: 'It is not called any more, on every server at once.',
  agent: 'None of its tools is called any more, on every server at once. It can still hand over to a person.',
}

interface Props {
  /** What to begin with. */
  what: Pausable
  /** Whether another thing can be chosen. */
  choice: boolean
  opened: boolean
  onClose: () => void
}

/** Asks for the reason, then pauses something or lets it go on. */
function PauseDialog({ what, choice, opened, onClose }: Props) {
  const { items = [], can = [] } = usePauses().data ?? {}
  const [chosen, setChosen] = useState(what)
  const [why, setWhy] = useState('')
  const paused = items.some((one) => same(one, chosen))
  const change = useSwitch(chosen, paused)
  const verb = paused ? 'Resume' : 'Pause'
  function close() {
    setWhy('')
    setChosen(what)
    change.reset()
    onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={<strong>{choice ? verb : `${verb}: ${nameOfPause(chosen)}`}</strong>}
      closeButtonProps={{ 'aria-label': 'Close' }}
      // Its header is no second header of the page.
      attributes={{ header: { role: 'none' } }}
      centered
    >
      {choice && <Choice can={can} chosen={chosen} onChoose={setChosen} />}
      <p>
        {paused
          ? 'It is sent again from now on. What waited for an answer is asked anew.'
          : `${MEANS[chosen.kind]} What waits for an answer stays waiting.`}
      </p>
      <TextInput
        label="Why"
        description="Colleagues see it, and it is kept in the history."
        value={why}
        maxLength={500}
        onChange={(event) => setWhy(event.currentTarget.value)}
      />
      {change.error && <p role="alert">{change.error.message}</p>}
      <div style={{ display: 'flex', gap: '0.5rem', marginTop: '1rem' }}>
        <Button
          color="red.9"
          loading={change.isPending}
          onClick={() => change.mutate(why, { onSuccess: close })}
        >
          {verb}
        </Button>
        <Button variant="default" onClick={close}>
          Leave it as it is
        </Button>
      </div>
    </Modal>
  )
}

interface ChoiceProps {
  can: readonly Pausable[]
  chosen: Pausable
  onChoose: (what: Pausable) => void
}

function Choice({ can, chosen, onChoose }: ChoiceProps) {
  function choose(value: string) {
    const found = can.find((one) => keyOf(one) === value)
    if (found) onChoose(found)
  }
  return (
    <NativeSelect
      label="What"
      value={keyOf(chosen)}
      data={can.map((one) => ({ value: keyOf(one), label: nameOfPause(one) }))}
      onChange={(event) => choose(event.currentTarget.value)}
    />
  )
}

function keyOf({ kind, name }: Pausable): string {
  return `${kind}/${name}`
}

function same(one: Pausable, other: Pausable): boolean {
  return keyOf(one) === keyOf(other)
}
