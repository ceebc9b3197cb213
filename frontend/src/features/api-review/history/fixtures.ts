// Fixtures for tests of the history.
import { describeEntry } from './describe'
import { AT } from '../fixtures'
import type { Changed, Edits, Entry } from '../types'

type Rest<What extends Entry['what']> = Omit<
  Extract<Entry, { what: What }>,
  'id' | 'at' | 'by' | 'api_id' | 'api_name' | 'import_id' | 'import_there' | 'what'
>

let id = 0

/** Something that Ana did to the demo shop. */
export function entry<What extends Entry['what']>(
  what: What,
  details: Rest<What>,
  some: Partial<Omit<Entry, 'what'>> = {},
): Entry {
  id += 1
  const who = { id, at: AT, by: 'Ana', api_id: 'a1', api_name: 'shop', import_id: 'j1', import_there: true }
  return { ...who, ...some, what, ...details } as Entry
}

/** An edit in which these operations were changed in this way. */
export function edits(names: string[], changes: Changed[], count = names.length): Edits {
  return { operations: names.map((name) => ({ key: `GET /${name}`, name })), count, changes }
}

export function edited(...groups: Edits[]): Entry {
  const count = groups.reduce((sum, group) => sum + group.count, 0)
  return entry('operations_edited', { count, groups: groups.length, edits: groups })
}

export function change(field: string, was: Changed['was'], now: Changed['now']): Changed {
  return { field, was, now }
}

/** The sentence, as the page puts it together. */
export function sentenceOf(one: Entry): string {
  const { did, was } = describeEntry(one)
  return `${one.by} ${did}${was === undefined ? '' : ` – was: ${was}`}`
}
