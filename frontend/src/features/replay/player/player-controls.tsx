import { ActionIcon, Button, NativeSelect } from '@mantine/core'
import { KeyboardHelp } from '../../../components/keyboard-help'
import { clock, duration, moment } from '../format'
import { BackIcon, NextIcon, PauseIcon, PlayIcon } from '../icons'
import { PLAYING_SHORTCUTS } from '../shortcuts'
import { cueAfter, cueBefore, momentOf, realTimeAt, silenceAt, type Recording } from './playback'
import classes from './player.module.css'
import { SPEEDS } from './transport'
import type { Live, Mark } from '../types'
import type { PlayerView } from './use-player'

const GRAIN_MS = 100 // as finely as a hand can scrub
const ARROW_MS = 1000 // the browser's own step would take hundreds of presses
const ARROWS: Partial<Record<string, number>> = {
  ArrowLeft: -ARROW_MS,
  ArrowDown: -ARROW_MS,
  ArrowRight: ARROW_MS,
  ArrowUp: ARROW_MS,
}
const MOST_TICKS = 200 // marks on the bar; more would be one line

interface Props {
  recording: Recording
  transport: PlayerView
  marks: readonly Mark[]
  live: Live
  /** All of it is loaded. */
  whole: boolean
  /** Whether the help about keys is shown. */
  help: boolean
  onHelp: (shown: boolean) => void
}

/** Play, pause, step, scrub, how fast, and where it is. */
export function PlayerControls({ recording, transport, marks, live, whole, help, onHelp }: Props) {
  const { position, speed } = transport
  const { lengthMs } = recording
  const silence = silenceAt(recording, position)
  const at = realTimeAt(recording, position)
  const where = `${clock(position)} of ${clock(lengthMs)}`
  return (
    <div className={classes.controls} role="group" aria-label="Player">
      <Scrubber recording={recording} transport={transport} marks={marks} where={where} />
      <div className={classes.buttons}>
        <StepButtons recording={recording} transport={transport} />
        <span className={classes.where}>{where}</span>
        <KeyboardHelp keys={PLAYING_SHORTCUTS} shown={help} onShown={onHelp} />
        <span className={classes.note}>
          {silence > 0 ? `${duration(silence)} of silence left out` : at && moment(at)}
          {!whole && ' · loading the rest…'}
        </span>
        {live !== 'off' && (
          <Button
            size="compact-sm"
            variant={transport.atEdge ? 'light' : 'default'}
            aria-pressed={transport.atEdge}
            onClick={transport.follow}
          >
            Watch live
          </Button>
        )}
        <NativeSelect
          size="xs"
          className={classes.speed}
          aria-label="Speed"
          value={String(speed)}
          data={SPEEDS.map((one) => ({ value: String(one), label: `${one}×` }))}
          onChange={(event) => transport.setSpeed(Number(event.currentTarget.value))}
        />
      </div>
    </div>
  )
}

interface ScrubberProps extends Pick<Props, 'recording' | 'transport' | 'marks'> {
  /** The position, for who hears it. */
  where: string
}

function Scrubber({ recording, transport, marks, where }: ScrubberProps) {
  const { position } = transport
  const { lengthMs } = recording
  const end = Math.max(GRAIN_MS, Math.ceil(lengthMs / GRAIN_MS) * GRAIN_MS)
  return (
    <div className={classes.bar}>
      <Ticks recording={recording} marks={marks} />
      <input
        type="range"
        className={classes.scrub}
        aria-label="Position"
        aria-valuetext={where}
        min={0}
        max={end}
        step={GRAIN_MS}
        value={position >= lengthMs ? end : grainOf(position)}
        onChange={(event) => transport.seek(Number(event.currentTarget.value))}
        onKeyDown={(event) => {
          const by = ARROWS[event.key]
          if (by === undefined) return
          event.preventDefault()
          transport.seek(position + by)
        }}
      />
    </div>
  )
}

function StepButtons({ recording, transport }: Pick<Props, 'recording' | 'transport'>) {
  const { position, playing } = transport
  const step = { variant: 'subtle', color: 'gray', size: 'lg' } as const
  return (
    <>
      <ActionIcon
        {...step}
        aria-label="Step back"
        onClick={() => transport.seek(cueBefore(recording, position))}
      >
        <BackIcon />
      </ActionIcon>
      <ActionIcon
        variant="filled"
        size="xl"
        radius="xl"
        aria-label={playing ? 'Pause' : 'Play'}
        onClick={transport.toggle}
      >
        {playing ? <PauseIcon size={22} /> : <PlayIcon size={22} />}
      </ActionIcon>
      <ActionIcon
        {...step}
        aria-label="Step forward"
        onClick={() => transport.seek(cueAfter(recording, position))}
      >
        <NextIcon />
      </ActionIcon>
    </>
  )
}

/** A position as the bar can hold it: it rounds whatever else it is given, and tells that as if somebody had scrubbed. */
function grainOf(ms: number): number {
  return Math.floor(ms / GRAIN_MS) * GRAIN_MS
}

function Ticks({ recording, marks }: { recording: Recording; marks: readonly Mark[] }) {
  if (recording.lengthMs === 0) return null
  return marks
    .slice(0, MOST_TICKS)
    .map((mark) => (
      <span
        key={mark.seq}
        className={classes.tick}
        data-kind={mark.kind}
        style={{ left: `${(momentOf(recording, mark.seq) / recording.lengthMs) * 100}%` }}
      />
    ))
}
