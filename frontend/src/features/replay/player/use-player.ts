// Hook that runs the transport by the browser's animation frames.
import { useEffect, useEffectEvent, useReducer } from 'react'
import type { Recording } from './playback'
import { RESTING, turn, type Transport } from './transport'

export interface PlayerView extends Transport {
  readonly toggle: () => void
  readonly seek: (to: number) => void
  readonly setSpeed: (speed: number) => void
  /** Go to the end of what goes on, and stay there. */
  readonly follow: () => void
}

/** Let a recording run by the browser's clock, one step per frame. */
export function usePlayer(recording: Recording, from: number | null, live: boolean): PlayerView {
  const length = recording.lengthMs
  const [transport, go] = useReducer(turn, { ...RESTING, position: from ?? 0 })
  const { playing, atEdge } = transport
  const now = () => performance.now()

  const tick = useEffectEvent((at: number) => go({ type: 'tick', now: at, length, live }))
  useEffect(() => {
    if (!playing) return
    let frame = requestAnimationFrame(function next(at) {
      tick(at)
      frame = requestAnimationFrame(next)
    })
    return () => cancelAnimationFrame(frame)
  }, [playing])

  useEffect(() => {
    if (live || atEdge) go({ type: 'grown', length })
  }, [live, atEdge, length])

  return {
    ...transport,
    toggle: () => go({ type: playing ? 'pause' : 'play', now: now(), length }),
    seek: (to) => go({ type: 'seek', to, now: now(), length }),
    setSpeed: (speed) => go({ type: 'speed', speed, now: now(), length }),
    follow: () => go({ type: 'edge', length }),
  }
}
