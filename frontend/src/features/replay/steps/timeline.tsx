import { useRef, useState } from 'react'
import { KeyboardHelp } from '../../../components/keyboard-help'
import { SHORTCUTS, READING } from '../shortcuts'
import { MarkJumps } from './mark-jumps'
import classes from './timeline.module.css'
import { StepList } from './step-list'
import { nextMark } from './timeline-state'
import { useStepActions } from './use-step-actions'
import { useTimeline } from './use-timeline'
import type { Live, Mark, Replay, Step } from '../types'
import { useShortcuts } from '../use-shortcuts'

interface Props {
  threadId: string
  replay: Replay
  live: Live
  /** The step that the address leads to. */
  step: number | null
  onPlay: () => void
}

/** Everything that happened, one row per event. */
export function Timeline({ threadId, replay, live, step, onPlay }: Props) {
  const { last, marks } = replay
  const { place, go, toggle } = useTimeline(step, last)
  const { raw, status, setStatus, actions } = useStepActions(threadId, toggle)
  const [help, setHelp] = useState(false)
  const stepAt = useRef<(seq: number) => Step | null>(() => null)

  const jump = (kind: Mark['kind'], backwards: boolean) => {
    const seq = nextMark(marks, kind, place.cursor, backwards)
    if (seq === null) setStatus(`There is no ${kind} in this conversation.`)
    else go({ type: 'to', seq, open: true })
  }

  useShortcuts(READING, (command) => {
    const here = stepAt.current(place.cursor)
    if (command.do === 'move') go({ type: 'by', by: command.by, last })
    else if (command.do === 'end') go({ type: 'to', seq: command.last ? last : 1 })
    else if (command.do === 'mark') jump(command.kind, command.backwards)
    else if (command.do === 'copy' && here) actions.copy(here)
    else if (command.do === 'link') actions.link(place.cursor)
    else if (command.do === 'raw') actions.raw()
    else if (command.do === 'close') go({ type: 'closeAll' })
    else if (command.do === 'play') onPlay()
    else if (command.do === 'help') setHelp(true)
  })

  return (
    <>
      <div className={classes.toolbar} role="toolbar" aria-label="Jump to">
        <MarkJumps marks={marks} onJump={jump} />
        <KeyboardHelp keys={SHORTCUTS} shown={help} onShown={setHelp} />
        <span role="status" className={classes.said}>
          {status}
        </span>
      </div>
      {last === 0 ? (
        <p className={classes.nothing}>Nothing has happened in this conversation yet.</p>
      ) : (
        <StepList
          threadId={threadId}
          last={last}
          live={live === 'on'}
          place={place}
          raw={raw}
          actions={actions}
          onSteps={(find) => (stepAt.current = find)}
        />
      )}
    </>
  )
}
