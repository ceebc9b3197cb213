// Description of edited operations: one sentence for those that changed alike.
import { formatChange, formatField } from './field-labels'
import type { Changed, Edits } from '../types'
import { count, list } from '../format'
import { asksNobody, isConsent } from '../labels'

const MAX_NAMES = 3 // more names than that are a list of their own

/** What was done, to be said after who did it; and what it was before, and more of it, line by line. */
export interface Description {
  did: string
  was?: string | undefined
  lines: string[]
}

/** An edit of operations: one sentence for what was done to all alike, a line for each way in which they differed. */
export function operationsEdited(edits: readonly Edits[], total: number, groups: number): Description {
  const [first] = edits
  if (!first) return { did: 'edited operations', lines: [] }
  if (groups === 1) {
    const same = group(first, subject(first))
    const names = first.count > MAX_NAMES ? [named(first)] : []
    return { ...same, lines: [...same.lines, ...names] }
  }
  const all = count(total, 'operation')
  const rest = groups > edits.length ? [`… and in ${count(groups - edits.length, 'more way')}`] : []
  const sentences = new Set(edits.map((one) => group(one, all).did))
  if (sentences.size === 1 && rest.length === 0) {
    const lines = edits.map((one) => `${named(one)} – was: ${group(one, all).was ?? 'otherwise'}`)
    return { did: group(first, all).did, lines }
  }
  return { did: `edited ${all}`, lines: [...edits.map(lineOf), ...rest] }
}

function lineOf(one: Edits): string {
  return `${named(one)}: ${one.changes.map((change) => formatChange(change)).join('; ')}`
}

/** What was done to operations that changed alike; `whom` is how they are called. */
function group({ changes }: Edits, whom: string): Description {
  const [only] = changes
  if (changes.every(({ field }) => field === 'access' || field === 'consent')) return labelled(changes, whom)
  if (only && changes.length === 1) return single(only, whom)
  return { did: `edited ${whom}`, lines: changes.map((change) => formatChange(change)) }
}

function labelled(changes: readonly Changed[], whom: string): Description {
  const access = changes.find(({ field }) => field === 'access')
  const consent = changes.find(({ field }) => field === 'consent')
  if (access) {
    return {
      did: `labelled ${whom} as ${label(access.now, consent?.now)}`,
      was: label(access.was, consent?.was),
      lines: [],
    }
  }
  return {
    did: `changed who consents to ${whom}: ${formatField('consent', consent?.now ?? null)}`,
    was: formatField('consent', consent?.was ?? null),
    lines: [],
  }
}

/** "write, customer consents"; of a read that asks nobody, which is the usual, only "read". */
function label(access: Changed['now'], consent: Changed['now'] | undefined): string {
  const usual = consent === undefined || (access === 'read' && isConsent(consent) && asksNobody(consent))
  const after = formatField('access', access)
  return usual ? after : `${after}, ${formatField('consent', consent)}`
}

function single({ field, was, now }: Changed, whom: string): Description {
  const [after, before] = [formatField(field, now), formatField(field, was)]
  switch (field) {
    case 'enabled':
      return { did: `switched ${whom} ${now === true ? 'on' : 'off'}`, lines: [] }
    case 'agent':
      return { did: `gave ${whom} to the agent ${after}`, was: before, lines: [] }
    case 'title':
      return { did: `called ${whom} ${after}`, was: before, lines: [] }
    case 'description':
      return { did: `described ${whom} as ${after}`, was: before, lines: [] }
    case 'customer_params':
      return { did: `let ${whom} ask the customer for ${after}`, was: before, lines: [] }
    case 'bound':
      return { did: `let ${whom} take ${after} from the verified customer`, was: before, lines: [] }
    case 'twin':
      return { did: `let ${after} show what ${whom} would change`, was: before, lines: [] }
    default:
      return { did: `edited ${whom}`, lines: [formatChange({ field, was, now })] }
  }
}

function subject(one: Edits): string {
  return one.count > MAX_NAMES ? count(one.count, 'operation') : named(one)
}

function named({ operations, count: all }: Edits): string {
  const names = operations.map(({ name }) => name)
  const left = all - names.length
  if (names.length === 0) return count(all, 'operation')
  return left > 0 ? list([...names, `${left.toLocaleString('en')} more`]) : list(names)
}
