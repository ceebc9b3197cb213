// Transport reducer of the player: position, speed, playing.
/** How fast a recording can run. */
export const SPEEDS = [0.5, 1, 2, 4, 8, 16] as const

/** Where a recording stands, and how it moves. Times are in milliseconds. */
export interface Transport {
  readonly position: number
  readonly playing: boolean
  readonly speed: number
  /** The clock when the position was true; none while it rests. */
  readonly since: number | null
  /** It stays at the end of what goes on. */
  readonly atEdge: boolean
}

export type Turn =
  | { type: 'play' | 'pause'; now: number; length: number }
  | { type: 'tick'; now: number; length: number; live: boolean }
  | { type: 'seek'; to: number; now: number; length: number }
  | { type: 'speed'; speed: number; now: number; length: number }
  | { type: 'edge'; length: number }
  | { type: 'grown'; length: number }

export const RESTING: Transport = { position: 0, playing: false, speed: 1, since: null, atEdge: false }

/** Move a recording on. It stops at its end, and begins again from there; at the end of what goes on it stays there. */
export function turn(transport: Transport, what: Turn): Transport {
  switch (what.type) {
    case 'play': {
      const position = transport.position >= what.length ? 0 : transport.position
      return { ...transport, position, playing: true, since: what.now, atEdge: false }
    }
    case 'pause':
      return { ...moved(transport, what), playing: false, since: null, atEdge: false }
    case 'tick': {
      const next = moved(transport, what)
      const over = next.playing && next.position >= what.length
      return over ? { ...next, playing: false, since: null, atEdge: what.live } : next
    }
    case 'seek':
      return {
        ...transport,
        position: Math.min(Math.max(0, what.to), what.length),
        since: transport.playing ? what.now : null,
        atEdge: false,
      }
    case 'speed':
      return { ...moved(transport, what), speed: what.speed }
    case 'edge':
      return { ...transport, position: what.length, playing: false, since: null, atEdge: true }
    case 'grown':
      return transport.atEdge ? { ...transport, position: what.length } : transport
  }
}

function moved(transport: Transport, { now, length }: { now: number; length: number }): Transport {
  if (transport.since === null) return transport
  const passed = Math.max(0, now - transport.since) * transport.speed
  return { ...transport, position: Math.min(length, transport.position + passed), since: now }
}
