// Time range of the dashboard, kept in the address.
import type { RangeName } from './types'

/** Which time the page is about, as its address says it. */
export interface Chosen {
  name: RangeName
  /** The first and the last day of a custom range, as `2026-03-01`. */
  from: string
  to: string
  /** The time zone whose days are meant. */
  tz: string
}

interface Offer {
  name: RangeName
  label: string
  /** In full, for who hears it. */
  long: string
}

export const OFFERS: readonly Offer[] = [
  { name: '24h', label: '24 h', long: 'The last 24 hours' },
  { name: '7d', label: '7 days', long: 'The last 7 days' },
  { name: '30d', label: '30 days', long: 'The last 30 days' },
  { name: '90d', label: '90 days', long: 'The last 90 days' },
  { name: '365d', label: '1 year', long: 'The last 365 days' },
  { name: 'custom', label: 'Custom', long: 'From a day to a day' },
]

const DEFAULT: RangeName = '30d' // enough to see a rhythm, recent enough to matter
const MAX_DAYS = 366 // the server's limit
const HOURLY_DAYS = 2 // more hours than this are finer than a chart can show
const DAY_MS = 86_400_000
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** The range in an address; what makes no sense there is as if it were not there. */
export function rangeIn(params: URLSearchParams, own: string, now = new Date()): Chosen {
  const asked = params.get('tz')
  const tz = asked !== null && isZone(asked) ? asked : own
  const offer = OFFERS.find((offer) => offer.name === params.get('range'))?.name ?? DEFAULT
  const { from, to } = monthUntil(now, tz)
  if (offer !== 'custom') return { name: offer, from, to, tz }
  const days = { from: params.get('from') ?? '', to: params.get('to') ?? '' }
  return mistakeIn(days.from, days.to) === null ? { name: offer, ...days, tz } : { name: offer, from, to, tz }
}

/** The address of a range. The viewer's own zone is left out: whoever gets the link reads it in theirs. */
export function addressOf(chosen: Chosen, own: string, base = new URLSearchParams()): string {
  const params = new URLSearchParams(base)
  for (const name of ['range', 'from', 'to', 'tz']) params.delete(name)
  params.set('range', chosen.name)
  if (chosen.name === 'custom') {
    params.set('from', chosen.from)
    params.set('to', chosen.to)
  }
  if (chosen.tz !== own) params.set('tz', chosen.tz)
  return `?${params}`
}

/** The range as the server is asked for it. */
export function queryOf(chosen: Chosen): string {
  const days = chosen.name === 'custom' ? { from: chosen.from, to: chosen.to } : {}
  return new URLSearchParams({ range: chosen.name, ...days, tz: chosen.tz }).toString()
}

/** What is wrong with a custom range, and what to do; null where nothing is. */
export function mistakeIn(from: string, to: string): string | null {
  if (!isDay(from) || !isDay(to)) return 'Give both days.'
  if (to < from) return 'The last day lies before the first. Exchange them.'
  if (daysOf(from, to) > MAX_DAYS) return `A range has at most ${MAX_DAYS} days. Choose a later first day.`
  return null
}

/** How fine a chart of the range is. */
export function stepOf(chosen: Chosen): 'day' | 'hour' {
  if (chosen.name === '24h') return 'hour'
  return chosen.name === 'custom' && daysOf(chosen.from, chosen.to) <= HOURLY_DAYS ? 'hour' : 'day'
}

/** The day on which a moment lies in a time zone. */
export function dayIn(moment: Date, zone: string): string {
  // Sweden writes days as the address does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(moment)
}

/** The browser's time zone. */
export function ownZone(): string {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined
  return zone !== undefined && isZone(zone) ? zone : 'UTC'
}

/** Every time zone that there is to choose from. */
export function zones(chosen: string): string[] {
  return [...new Set(['UTC', chosen, ...Intl.supportedValuesOf('timeZone')])].sort()
}

function isZone(name: string): boolean {
  try {
    // An offset such as +02:00 would do for the browser, but it has no days on which clocks change.
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '' && /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}

function isDay(text: string): boolean {
  const parsed = DAY.test(text) ? new Date(`${text}T00:00:00Z`) : null
  // The thirtieth of February would be taken for a day in March.
  return parsed !== null && !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text)
}

function daysOf(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS + 1
}

function monthUntil(now: Date, zone: string): { from: string; to: string } {
  const to = dayIn(now, zone)
  return { from: new Date(Date.parse(to) - 29 * DAY_MS).toISOString().slice(0, 10), to }
}
