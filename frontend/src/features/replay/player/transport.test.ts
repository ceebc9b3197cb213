import { describe, expect, it } from 'vitest'
import { RESTING, SPEEDS, turn, type Turn } from './transport'

const length = 10_000
const after = (...turns: Turn[]) => turns.reduce(turn, RESTING)
const play = (now: number): Turn => ({ type: 'play', now, length })
const tick = (now: number): Turn => ({ type: 'tick', now, length, live: false })

describe('the transport', () => {
  it('rests until it is played, whatever time passes', () => {
    expect(after(tick(5000))).toEqual(RESTING)
  })

  it('moves with the clock, at its speed', () => {
    for (const speed of SPEEDS) {
      const moved = after({ type: 'speed', speed, now: 0, length }, play(100), tick(300))
      expect(moved.position).toBe(200 * speed)
    }
  })

  it('keeps what was played before its speed changed', () => {
    const moved = after(play(0), { type: 'speed', speed: 4, now: 1000, length }, tick(1500))
    expect(moved.position).toBe(1000 + 500 * 4)
  })

  it('pauses where it is', () => {
    const paused = after(play(0), { type: 'pause', now: 800, length }, tick(5000))
    expect(paused).toMatchObject({ position: 800, playing: false })
  })

  it('stops at the end, and begins again from there', () => {
    const over = after(play(0), tick(20_000))
    expect(over).toMatchObject({ position: length, playing: false })
    expect(turn(over, play(30_000))).toMatchObject({ position: 0, playing: true })
  })

  it('stays at the end of what still goes on', () => {
    const over = after(play(0), { type: 'tick', now: 20_000, length, live: true })
    expect(over).toMatchObject({ position: length, playing: false, atEdge: true })
    expect(turn(over, { type: 'grown', length: 12_000 }).position).toBe(12_000)
  })

  it('goes where it is sent, and no further than there is something', () => {
    expect(after({ type: 'seek', to: 4000, now: 0, length })).toMatchObject({
      position: 4000,
      playing: false,
    })
    expect(after({ type: 'seek', to: 99_000, now: 0, length }).position).toBe(length)
    expect(after({ type: 'seek', to: -5, now: 0, length }).position).toBe(0)
  })

  it('plays on after it was sent somewhere', () => {
    const moved = after(play(0), { type: 'seek', to: 4000, now: 1000, length }, tick(1500))
    expect(moved.position).toBe(4500)
  })

  it('is not moved by a clock that goes backwards', () => {
    expect(after(play(1000), tick(900)).position).toBe(0)
  })

  it('stays at the end of what goes on until somebody goes elsewhere', () => {
    const edge = after({ type: 'edge', length })
    const grown = turn(edge, { type: 'grown', length: 12_000 })
    expect(grown.position).toBe(12_000)
    const left = turn(grown, { type: 'seek', to: 3000, now: 0, length: 12_000 })
    expect(turn(left, { type: 'grown', length: 13_000 }).position).toBe(3000)
  })
})
