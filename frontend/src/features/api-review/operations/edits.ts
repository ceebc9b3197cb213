// Edits of operations: applying, reverting, and what differs between two states.
import type { Edit, Operation } from '../types'
import { list } from '../format'
import { ACCESS, CONSENT } from '../labels'

/** The operations with these in the place of their older selves; an answer that was overtaken changes nothing. */
export function replaceOperations(known: readonly Operation[], newer: readonly Operation[]): Operation[] {
  const byIdx = new Map(newer.map((operation) => [operation.idx, operation]))
  return known.map((operation) => {
    const next = byIdx.get(operation.idx)
    return next && next.revision >= operation.revision ? next : operation
  })
}

/** The operations as they will be once the server has taken the edit. */
export function applyEdit(known: readonly Operation[], idxs: readonly number[], edit: Edit): Operation[] {
  const wanted = new Set(idxs)
  return known.map((operation) => (wanted.has(operation.idx) ? { ...operation, ...edit } : operation))
}

/** The operations with these as they were before an edit that was refused. */
export function revertOperations(known: readonly Operation[], before: readonly Operation[]): Operation[] {
  const byIdx = new Map(before.map((operation) => [operation.idx, operation]))
  return known.map((operation) => {
    const older = byIdx.get(operation.idx)
    // Somebody else's change that arrived meanwhile is newer than what stood there before.
    return older && operation.revision <= older.revision ? older : operation
  })
}

/** Only what an edit would really change. */
export function changedBy(operation: Operation, edit: Edit): Edit {
  const entries = Object.entries(edit).filter(([name, value]) => !same(operation[name as keyof Edit], value))
  return Object.fromEntries(entries)
}

const NAMES: Record<keyof Edit, string> = {
  access: 'access',
  consent: 'consent',
  agent: 'agent',
  customer_params: 'what the customer says',
  bound: 'what comes from the verified identity',
  enabled: 'whether it is enabled',
  title: 'title',
  description: 'description',
  twin: 'the read that shows what it would change',
}
const EDITABLE = Object.keys(NAMES) as (keyof Edit)[]

interface Difference {
  name: keyof Edit
  label: string
  before: string
  after: string
}

/** What differs between two states of an operation, for a person to read. */
export function differences(before: Operation, after: Operation | Edit): Difference[] {
  return EDITABLE.filter((name) => name in after && !same(before[name], after[name])).map((name) => ({
    name,
    label: NAMES[name],
    before: formatFieldValue(name, before[name]),
    after: formatFieldValue(name, after[name]),
  }))
}

/** Names of edited fields as the server gives them, in words. */
export function formatEditedFields(fields: readonly string[]): string {
  return list(
    fields.map((field) => (field in NAMES ? NAMES[field as keyof Edit] : field.replaceAll('_', ' '))),
  )
}

function formatFieldValue(name: keyof Edit, value: unknown): string {
  if (name === 'access') return ACCESS[value as Operation['access']].word
  if (name === 'consent') return CONSENT[value as Operation['consent']].word
  if (name === 'enabled') return value ? 'enabled' : 'not enabled'
  if (Array.isArray(value)) return value.length > 0 ? value.join(', ') : 'nothing'
  if (name === 'bound') return formatBound(value as Operation['bound'])
  return typeof value === 'string' && value !== '' ? value : 'nothing'
}

function formatBound(bound: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(bound).map(([argument, claim]) => `${argument} (${claim})`)
  return pairs.length > 0 ? pairs.join(', ') : 'nothing'
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

// Neither the order of argument names nor that of a mapping's keys means anything.
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return [...(value as unknown[])].sort()
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value).sort(([one], [other]) => one.localeCompare(other))
}
