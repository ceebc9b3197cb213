// Change of a figure since the period before, and whether it is good.
import { count } from '../format'
import type { Figure } from '../types'

export type Tone = 'good' | 'bad' | 'even'

/** How a figure has changed since the period before, as a person says it. */
export interface Change {
  arrow: '↑' | '↓' | '→' | ''
  /** How much: `12 %`, `3.2 points`, `4 times`. */
  amount: string
  /** What it means, so that nobody has to know colours: `better`, `worse`, `more`, `less`. */
  word: string
  tone: Tone
}

const SAME_SHARE = 0.005 // half a percent: less would be shown as "0 %"
const SAME_POINTS = 0.05 // as shown, with one digit
const TIMES_FROM = 2 // three times as much: from there percents are hard to read

/** Nothing to compare with, no change worth a word, or how much up or down and whether that is good. */
export function changeOf(figure: Pick<Figure, 'value' | 'previous' | 'change' | 'unit' | 'better'>): Change {
  const { value, previous, change, unit, better } = figure
  if (value === null || previous === null) return withoutArrow('nothing to compare with')
  if (change === null) {
    if (value === previous) return unchanged()
    return changed(value > previous, `from ${previous}`, better)
  }
  const points = unit === 'percent'
  if (Math.abs(change) < (points ? SAME_POINTS : SAME_SHARE)) return unchanged()
  return changed(change > 0, points ? inPoints(change) : asShare(change), better)
}

function inPoints(change: number): string {
  const amount = count(Math.round(Math.abs(change) * 10) / 10)
  return amount === '1' ? '1 point' : `${amount} points`
}

function asShare(change: number): string {
  if (change >= TIMES_FROM) return `${count(round(change + 1))} times`
  // What is nearly gone is not gone.
  if (change > -1 && change < -0.995) return 'over 99 %'
  return `${count(Math.round(Math.abs(change) * 100))} %`
}

function round(times: number): number {
  return times < 10 ? Math.round(times * 10) / 10 : Math.round(times)
}

function changed(up: boolean, amount: string, better: Figure['better']): Change {
  const arrow = up ? '↑' : '↓'
  if (better === '') return { arrow, amount, word: up ? 'more' : 'less', tone: 'even' }
  const good = up === (better === 'up')
  return { arrow, amount, word: good ? 'better' : 'worse', tone: good ? 'good' : 'bad' }
}

function unchanged(): Change {
  return { arrow: '→', amount: '', word: 'unchanged', tone: 'even' }
}

function withoutArrow(word: string): Change {
  return { arrow: '', amount: '', word, tone: 'even' }
}
