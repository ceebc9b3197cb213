// Filters of the list of conversations, kept in the address.
/** The filters, named as the server names them; they live in the page's address, so that an address can be shared. */
export const NAMES = [
  'text',
  'status',
  'outcome',
  'agent',
  'tool',
  'call',
  'model',
  'first_token',
  'action',
  'approval',
  'decision',
  'staff',
  'error',
  'from',
  'to',
  'cost_min',
  'cost_max',
  'rating',
] as const

export type FilterName = (typeof NAMES)[number]
export type Filters = Partial<Record<FilterName, string>>

/** The filters in an address; what is no filter or is empty is left out. */
export function filtersIn(params: URLSearchParams): Filters {
  const filters: Filters = {}
  for (const name of NAMES) {
    const value = params.get(name)?.trim()
    if (value) filters[name] = value
  }
  return filters
}

/** The address of filters: the same filters give the same address. */
export function addressOf(filters: Filters): URLSearchParams {
  const params = new URLSearchParams()
  for (const name of NAMES) if (filters[name]) params.set(name, filters[name])
  return params
}

/** The filters with one changed, or taken away where the value is empty. */
export function changed(filters: Filters, name: FilterName, value: string): Filters {
  const next = { ...filters, [name]: value }
  return filtersIn(addressOf(next))
}

/** The local day on which a moment lies, as a field for days has it: `2026-03-01`. */
export function dayOf(at: string | undefined): string {
  const moment = at === undefined ? NaN : Date.parse(at)
  if (Number.isNaN(moment)) return ''
  const day = new Date(moment)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

/** The moment at which a local day begins, or the one after it where `after` is set; empty for no day. */
export function startOf(day: string, { after = false } = {}): string {
  const [year, month, date] = day.split('-').map(Number)
  if (year === undefined || month === undefined || date === undefined) return ''
  // Days are counted, not hours: the days on which clocks change are shorter or longer.
  const moment = new Date(year, month - 1, date + (after ? 1 : 0))
  return Number.isNaN(moment.getTime()) ? '' : moment.toISOString()
}

/** The last day that belongs to a period which ends before a moment. */
export function lastDayOf(until: string | undefined): string {
  const end = until === undefined ? NaN : Date.parse(until)
  return Number.isNaN(end) ? '' : dayOf(new Date(end - 1).toISOString())
}
