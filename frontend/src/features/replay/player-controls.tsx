import { ActionIcon, Button, NativeSelect } from '@mantine/core'
import { clock, duration, moment } from './format'
import { BackIcon, NextIcon, PauseIcon, PlayIcon } from './icons'
import { beatAfter, beatBefore, momentOf, realTimeAt, silenceAt, type Recording } from './playback'
import classes from './play.module.css'
import { SPEEDS } from './transport'
import type { Mark } from './types'
import type { Live } from './use-live'
import type { PlayerView } from './use-player'

const MOST_TICKS = 200 // marks on the bar; more would be one line

interface Props {
  recording: Recording
  transport: PlayerView
  marks: readonly Mark[]
  live: Live
  /** All of it is loaded. */
  whole: boolean
}

/** Play, pause, step, scrub, how fast, and where it is. */
export function PlayerControls({ recording, transport, marks, live, whole }: Props) {
  const { position, playing, speed } = transport
  const { lengthMs } = recording
  const silence = silenceAt(recording, position)
  const at = realTimeAt(recording, position)
  const where = `${clock(position)} of ${clock(lengthMs)}`
  return (
    <div className={classes.controls} role="group" aria-label="Player">
      <div className={classes.bar}>
        <Ticks recording={recording} marks={marks} />
        <input
          type="range"
          className={classes.scrub}
          aria-label="Position"
          aria-valuetext={where}
          min={0}
          max={Math.max(1, Math.ceil(lengthMs))}
          step={100}
          value={position}
          onChange={(event) => transport.seek(Number(event.currentTarget.value))}
        />
      </div>
      <div className={classes.buttons}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label="Step back"
          onClick={() => transport.seek(beatBefore(recording, position))}
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
          variant="subtle"
          color="gray"
          size="lg"
          aria-label="Step forward"
          onClick={() => transport.seek(beatAfter(recording, position))}
        >
          <NextIcon />
        </ActionIcon>
        <span className={classes.where}>{where}</span>
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
