import { Loader } from '@mantine/core'
import { useMemo, useState } from 'react'
import { MessageList } from '../../conversation/message-list'
import { view as viewOf } from '../../conversation/view'
import { Working } from '../../conversation/working'
import { useStickToEnd } from '../../components/use-stick-to-end'
import { PLAYED_ITEMS } from './limits'
import { pageOf, Reel, type Slots } from './pages'
import { beatAfter, beatBefore, momentOf, Player, recordingOf } from './playback'
import { PlayerControls } from './player-controls'
import { Problem } from './problem'
import { useSteps } from './replay'
import classes from './play.module.css'
import type { Replay, Step } from './types'
import { useKeys } from './use-keys'
import type { Live } from './use-live'
import { usePlayer } from './use-player'

interface Props {
  threadId: string
  replay: Replay
  live: Live
  /** The step to begin at. */
  from: number | null
  onRead: () => void
}

/** The conversation as the customer saw it, told by the same reducer and drawn by the same parts as the live chat. */
export default function Play({ threadId, replay, live, from, onRead }: Props) {
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
  const [reel] = useState(() => new Reel())
  const steps = reel.of(parts)
  return (
    <>
      {problem && <Problem onRetry={retry}>{problem.message}</Problem>}
      {steps.length === 0 && !whole ? (
        <p className={classes.loading} role="status">
          <Loader size="sm" aria-hidden="true" /> Loading what was said…
        </p>
      ) : (
        <Stage steps={steps} whole={whole} replay={replay} live={live} from={from} onRead={onRead} />
      )}
    </>
  )
}

interface StageProps extends Omit<Props, 'threadId'> {
  steps: readonly Step[]
  whole: boolean
}

function Stage({ steps, whole, replay, live, from, onRead }: StageProps) {
  const recording = useMemo(() => recordingOf(steps), [steps])
  const [player] = useState(() => new Player())
  const transport = usePlayer(recording, from === null ? null : momentOf(recording, from), live === 'on')
  const shown = viewOf(player.at(recording, transport.position))
  const items = shown.items.slice(-PLAYED_ITEMS)
  const hidden = shown.items.length - items.length
  const { box, content } = useStickToEnd(true)

  useKeys((command) => {
    const { position } = transport
    if (command.do === 'play') onRead()
    else if (command.do === 'move')
      transport.seek(command.by > 0 ? beatAfter(recording, position) : beatBefore(recording, position))
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
              {recording.beats.length === 0
                ? 'The customer has not seen anything yet.'
                : 'Press play: it runs as the customer saw it.'}
            </p>
          )}
          <MessageList items={items} actions={null} />
          {shown.running && <Working items={items} />}
        </div>
      </div>
      <PlayerControls
        recording={recording}
        transport={transport}
        marks={replay.marks}
        live={live}
        whole={whole}
      />
    </>
  )
}
