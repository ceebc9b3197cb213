// Formatting of figures, moments and periods.
import type { Unit } from './types'

// The page is written in English; its numbers are too, or a comma would mean two things in one sentence.
const LOCALE = 'en-GB'
export const NOTHING = '–'

/** As the server: of fewer, one more or less would move a value visibly. */
export const FEW = 10
export const FEW_FOR_P95 = 20

const COMPACT_FROM = 10_000_000 // below it every digit still fits a card on a phone
const TOKENS_COMPACT_FROM = 10_000 // nobody needs the last token of ten thousand
const SMALLEST_MONEY = 0.0001 // a token or two: less than this tells nothing but that it was not free
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A figure as people read it, in its unit; a dash where there is no value. */
export function show(value: number | null, unit: Unit): string {
  if (value === null || !Number.isFinite(value)) return NOTHING
  switch (unit) {
    case 'percent':
      return percent(value)
    case 'ms':
      return duration(value)
    case 'usd':
      return money(value)
    case 'tokens':
      return Math.abs(value) < TOKENS_COMPACT_FROM ? count(value) : compact(value)
    case 'rating':
      return decimals(value, 1, 1)
    case 'count':
      return count(value)
  }
}

/** A value beside the axis of a chart: as short as it can be, and never on two lines. */
export function tick(value: number, unit: Unit): string {
  const text = unit === 'percent' ? `${decimals(value, 0, 1)} %` : show(value, unit)
  return text.replace(/\.0$/, '').replaceAll(' ', '\u00a0')
}

/** How many, with each digit as long as there is room; a mean keeps two digits behind the point. */
export function count(value: number): string {
  if (Math.abs(value) >= COMPACT_FROM) return compact(value)
  return decimals(value, 0, Math.abs(value) < 100 ? 2 : 0)
}

/** 0 to 100. What is not quite nothing or not quite all is never rounded to it. */
export function percent(value: number): string {
  if (value > 0 && value < 0.05) return 'under 0.1 %'
  if (value < 100 && value >= 99.95) return 'over 99.9 %'
  return `${decimals(value, value === 0 || value === 100 ? 0 : 1, 1)} %`
}

/** US dollars, with as many digits as the amount needs: a conversation costs a fraction of a cent. */
export function money(value: number): string {
  const size = Math.abs(value)
  const sign = value < 0 ? '−' : ''
  if (size === 0) return '$0'
  if (size < SMALLEST_MONEY) return `under ${sign}$${SMALLEST_MONEY}`
  if (size < 0.01) return `${sign}$${significant(size)}`
  if (size < 999.995) return `${sign}$${decimals(size, 2, 2)}`
  if (size < COMPACT_FROM) return `${sign}$${decimals(size, 0, 0)}`
  return `${sign}$${compact(size)}`
}

/** A duration in milliseconds, in its two largest units that say enough. */
export function duration(ms: number): string {
  if (ms < 0) return NOTHING
  if (ms === 0) return '0 ms'
  if (ms < 1) return 'under 1 ms'
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9.95 * SECOND) return `${decimals(ms / SECOND, 1, 1)} s`
  if (ms < 59.5 * SECOND) return `${Math.round(ms / SECOND)} s`
  if (ms < HOUR - SECOND / 2) return pair(ms, SECOND, 60, 'min', 's')
  if (ms < DAY - MINUTE / 2) return pair(ms, MINUTE, 60, 'h', 'min')
  return pair(ms, HOUR, 24, 'd', 'h')
}

/** A moment of a chart, in the time zone of the range. */
export function moment(at: string, zone: string, by: 'day' | 'hour'): string {
  return dates(zone, by).format(new Date(at))
}

/** From when to when, in words; a period of whole days is told by its first and its last one. */
export function period(from: string, to: string, zone: string): string {
  // The end is not part of it.
  return dates(zone, 'year').formatRange(new Date(from), new Date(Date.parse(to) - 1))
}

/** `one conversation`, `3 conversations`. */
export function howMany(value: number, word: string): string {
  return value === 1 ? `one ${word}` : `${count(value)} ${word}s`
}

function pair(ms: number, step: number, of: number, large: string, small: string): string {
  const whole = Math.round(ms / step)
  const rest = whole % of
  const first = `${count(Math.floor(whole / of))} ${large}`
  return rest === 0 ? first : `${first} ${rest} ${small}`
}

function decimals(value: number, least: number, most: number): string {
  return numbers({
    minimumFractionDigits: least,
    maximumFractionDigits: most,
    signDisplay: 'negative',
  }).format(value)
}

function significant(value: number): string {
  return numbers({ maximumSignificantDigits: 2 }).format(value)
}

function compact(value: number): string {
  return numbers({ notation: 'compact', maximumFractionDigits: 1 }).format(value)
}

// To make a formatter takes far longer than to use it, and a page uses a handful of them hundreds of times.
const made = new Map<string, Intl.NumberFormat>()
const madeOfDates = new Map<string, Intl.DateTimeFormat>()

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options)
  const formatter = made.get(key) ?? new Intl.NumberFormat('en', options)
  made.set(key, formatter)
  return formatter
}

const PRECISIONS = {
  hour: { weekday: 'short', hour: '2-digit', minute: '2-digit' },
  day: { day: 'numeric', month: 'short' },
  year: { day: 'numeric', month: 'short', year: 'numeric' },
} as const

function dates(timeZone: string, precision: keyof typeof PRECISIONS): Intl.DateTimeFormat {
  const key = `${precision} ${timeZone}`
  const formatter =
    madeOfDates.get(key) ?? new Intl.DateTimeFormat(LOCALE, { timeZone, ...PRECISIONS[precision] })
  madeOfDates.set(key, formatter)
  return formatter
}
