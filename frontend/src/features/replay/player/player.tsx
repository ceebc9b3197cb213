import { Loader } from '@mantine/core'
import { useEffect, useMemo, useState } from 'react'
import { MessageList } from '../../../conversation/messages/message-list'
import { view as viewOf } from '../../../conversation/view'
import { WorkingIndicator } from '../../../conversation/messages/working-indicator'
import { useStickToEnd } from '../../../components/use-stick-to-end'
import { PLAYING } from '../shortcuts'
import { PLAYED_ITEMS } from '../limits'
import { pageOf, StepMemo, type Slots } from '../pages'
import { cueAfter, cueBefore, momentOf, Player, recordingOf, stepAt } from './playback'
import { PlayerControls } from './player-controls'
import { Problem } from '../problem'
import { useSteps } from '../queries'
import classes from './player.module.css'
import type { Live, Replay, Step } from '../types'
import { useShortcuts } from '../use-shortcuts'
import { usePlayer } from './use-player'

interface Props {
  threadId: string
  replay: Replay
  live: Live
  /** The step to begin at. */
  from: number | null
  /** Told which step was seen last. */
  onStep: (seq: number) => void
  onRead: () => void
}

/** The conversation as the customer saw it, told by the same reducer and drawn by the same parts as the live chat. */
export default function PlayerPage({ threadId, replay, live, from, onStep, onRead }: Props) {
  const { last } = replay
  const wanted = last === 0 ? [] : Array.from({ length: pageOf(last) + 1 }, (_, page) => page)
  const { pages, problem, retry } = useSteps(threadId, wanted, last)
  // As far as it has come without a gap; the rest makes it longer.
  const parts: Slots[] = []
  for (const page of wanted) {
    const slots = pages.get(page)
    if (!slots) break
    parts.push(slots)
  }
  const whole = parts.length === wanted.length
  const begins = whole || (parts.length > 0 && pageOf(from ?? 1) < parts.length)
  const [memo] = useState(() => new StepMemo())
  const steps = memo.of(parts)
  return (
    <>
      {problem && <Problem onRetry={retry}>{problem.message}</Problem>}
      {!begins ? (
        <p className={classes.loading} role="status">
          <Loader size="sm" aria-hidden="true" /> Loading what was said…
        </p>
      ) : (
        <Stage {...{ steps, whole, replay, live, from, onStep, onRead }} />
      )}
    </>
  )
}

interface StageProps extends Omit<Props, 'threadId'> {
  steps: readonly Step[]
  whole: boolean
}

function Stage({ steps, whole, replay, live, from, onStep, onRead }: StageProps) {
  const recording = useMemo(() => recordingOf(steps), [steps])
  const [help, setHelp] = useState(false)
  const [player] = useState(() => new Player())
  const transport = usePlayer(recording, from === null ? null : momentOf(recording, from), live === 'on')
  const shown = viewOf(player.at(recording, transport.position))
  const items = shown.items.slice(-PLAYED_ITEMS)
  const hidden = shown.items.length - items.length
  const { box, content } = useStickToEnd(true)

  const seen = stepAt(recording, transport.position)
  useEffect(() => {
    if (seen !== null) onStep(seen)
  }, [seen, onStep])

  useShortcuts(PLAYING, (command) => {
    const { position } = transport
    if (command.do === 'play') onRead()
    else if (command.do === 'toggle') transport.toggle()
    else if (command.do === 'help') setHelp(true)
    else if (command.do === 'move')
      transport.seek(command.by > 0 ? cueAfter(recording, position) : cueBefore(recording, position))
  })

  return (
    <>
      <div ref={box} className={classes.scroller} tabIndex={0} role="region" aria-label="Conversation">
        <div ref={content} className={classes.column}>
          {hidden > 0 && (
            <p className={classes.hidden}>{hidden} earlier parts are above; go back to see them.</p>
          )}
          {items.length === 0 && (
            <p className={classes.hidden}>
              {recording.cues.length === 0
                ? 'The customer has not seen anything yet.'
                : 'Press play: it runs as the customer saw it.'}
            </p>
          )}
          <MessageList items={items} actions={null} />
          {shown.running && <WorkingIndicator items={items} />}
        </div>
      </div>
      <PlayerControls
        recording={recording}
        transport={transport}
        marks={replay.marks}
        live={live}
        whole={whole}
        help={help}
        onHelp={setHelp}
      />
    </>
  )
}
