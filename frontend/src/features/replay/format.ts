// Formatting of counts, money, durations and moments.
import { formatValue, humanize } from '../../conversation/format'

// One language on the page, whatever the browser's; the day and the clock are written as the reader's country does.
const COUNT = new Intl.NumberFormat('en')
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const EXACT = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
})

/** A whole number, such as `1,277`. */
export function count(value: number): string {
  return COUNT.format(value)
}

/** `1 turn`, `3 turns`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** US dollars with as many digits as say something: `$0`, `<$0.0001`, `$0.0042`, `$1.20`. */
export function money(usd: number): string {
  if (usd === 0) return '$0'
  if (usd < 0.0001) return '<$0.0001'
  if (usd < 0.01) return `$${usd.toFixed(4)}`
  return usd < 1 ? `$${usd.toFixed(3)}` : `$${usd.toFixed(2)}`
}

/** How long, in the unit that fits: `0 ms`, `640 ms`, `1.4 s`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '–'
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function pair(large: number, unit: string, small: number, lesser: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${lesser}`
}

/** A position in a recording: `0:07`, `12:30`, `1:02:03`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest.replace(/^0/, '')
}

/** How sure: `85 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** A day and a time. */
export function moment(at: string): string {
  return MOMENT.format(new Date(at))
}

/** A time of the day, to the millisecond. */
export function exact(at: string): string {
  return EXACT.format(new Date(at))
}

/** The first line of a text, for a place where one line fits. */
export function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]?.trim() ?? ''
}

/** Values in one line. */
export function formatValues(args: Record<string, unknown>): string {
  return Object.entries(args)
    .map(([name, value]) => `${humanize(name)}: ${firstLine(formatValue(value))}`)
    .join(' · ')
}
