// Filters of the list of operations, kept in the address.
import type { Access, Change, Consent, Operation } from '../../types'
import { ACCESSES, CONSENTS, isDoubtful } from '../../labels'

/** Yes-or-no questions about an operation that a reviewer filters by. */
export const MARKS = {
  doubt: 'In doubt',
  edited: 'Edited',
  warnings: 'With warnings',
  disabled: 'Not enabled',
} as const
export type Mark = keyof typeof MARKS

export const ORDERS = {
  document: 'As in the document',
  risk: 'Riskiest first',
  doubt: 'Most doubtful first',
  tokens: 'Most tokens first',
} as const
export type Order = keyof typeof ORDERS

/** What of a list is shown, and in which order; lives in the page's address, so that a reload or a link keeps it. */
export interface Filters {
  search: string
  access: Access | null
  consent: Consent | null
  agent: string | null
  change: Change | null
  marks: readonly Mark[]
  order: Order
  grouped: boolean
}

export const NO_FILTERS: Filters = {
  search: '',
  access: null,
  consent: null,
  agent: null,
  change: null,
  marks: [],
  order: 'document',
  grouped: true,
}

const CHANGES: readonly Change[] = ['added', 'removed', 'changed', 'riskier', 'same']
const MARK_NAMES = Object.keys(MARKS) as Mark[]
const ORDER_NAMES = Object.keys(ORDERS) as Order[]

/** Read filters from an address; what makes no sense is as good as not there. */
export function readFilters(params: URLSearchParams): Filters {
  const marks = (params.get('only') ?? '').split(',')
  return {
    search: params.get('q') ?? '',
    access: oneOf(ACCESSES, params.get('access')),
    consent: oneOf(CONSENTS, params.get('consent')),
    agent: params.get('agent') || null,
    change: oneOf(CHANGES, params.get('change')),
    marks: MARK_NAMES.filter((mark) => marks.includes(mark)),
    order: oneOf(ORDER_NAMES, params.get('order')) ?? NO_FILTERS.order,
    grouped: params.get('group') !== 'none',
  }
}

/** Write filters into an address, beside what else stands there; defaults are left out. */
export function writeFilters(filters: Filters, base = new URLSearchParams()): URLSearchParams {
  const params = new URLSearchParams(base)
  const values = {
    q: filters.search,
    access: filters.access,
    consent: filters.consent,
    agent: filters.agent,
    change: filters.change,
    only: filters.marks.join(','),
    order: filters.order === NO_FILTERS.order ? null : filters.order,
    group: filters.grouped ? null : 'none',
  }
  for (const [name, value] of Object.entries(values)) {
    if (value) params.set(name, value)
    else params.delete(name)
  }
  return params
}

/** Does anything hide operations? Order and grouping hide nothing. */
export function isFiltering(filters: Filters): boolean {
  const { search, access, consent, agent, change, marks } = filters
  return Boolean(search.trim() || access || consent || agent || change || marks.length > 0)
}

/** The operations that pass every filter, in the order they came. */
export function filterOperations(operations: readonly Operation[], filters: Filters): Operation[] {
  const words = filters.search.toLowerCase().split(/\s+/).filter(Boolean)
  return operations.filter(
    (operation) =>
      (filters.access === null || operation.access === filters.access) &&
      (filters.consent === null || operation.consent === filters.consent) &&
      (filters.agent === null || operation.agent === filters.agent) &&
      (filters.change === null || (operation.change ?? 'same') === filters.change) &&
      filters.marks.every((mark) => has(operation, mark)) &&
      contains(operation, words),
  )
}

export function has(operation: Operation, mark: Mark): boolean {
  switch (mark) {
    case 'doubt':
      return isDoubtful(operation)
    case 'edited':
      return operation.edited.length > 0
    case 'warnings':
      return operation.warnings.length > 0
    case 'disabled':
      return !operation.enabled
  }
}

// Every word must be somewhere: "post refund" finds POST /orders/{id}/refund.
function contains(operation: Operation, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const { method, path, name, title, description, tags, agent } = operation
  const text = [method, path, name, title, description, agent, ...tags].join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}

function oneOf<T extends string>(known: readonly T[], value: string | null): T | null {
  return known.find((item) => item === value) ?? null
}
