// Description of an entry of the review log, as a sentence about who did it.
import { nameOfPause } from '../../../api/pauses'
import { operationsEdited, type Description } from './describe-edits'
import { formatChange, formatField } from './field-labels'
import { formatCounts } from '../summary'
import type { Changed, Entry } from '../types'
import { count, list } from '../format'

type Of<What extends Entry['what']> = Extract<Entry, { what: What }>

const AS_IT_CAME = 'as it came' // what nobody has set of a live agent is not nothing
const DIGEST_CHARS = 12 // enough to tell two approvals apart

/** What somebody did, as a sentence that begins with their name. */
export function describeEntry(entry: Entry): Description {
  switch (entry.what) {
    case 'import_begun':
      return begun(entry)
    case 'import_retried':
      return plainly('let the import start over')
    case 'import_thrown_away':
      return plainly(entry.with_api ? 'discarded the import, and the API with it' : 'discarded the import')
    case 'operations_edited':
      return operationsEdited(entry.edits, entry.count, entry.groups)
    case 'agent_edited':
      return changed(entry.changes, `the agent ${entry.agent} of the import`)
    case 'agent_changed':
      return changed(entry.changes, `the agent ${entry.agent}${version(entry.version)}`, AS_IT_CAME)
    case 'read_tried':
      return plainly(
        `tried ${entry.operation.name}${entry.arguments.length > 0 ? ` with ${list(entry.arguments)}` : ''}`,
      )
    case 'import_approved':
      return approved(entry)
    case 'api_changed':
      return changed(entry.changes, 'how the API is reached')
    case 'credentials_set':
      return plainly(`set the credentials of ${entry.scheme}`)
    case 'credentials_removed':
      return plainly(`removed the credentials of ${entry.scheme}`)
    case 'scheme_added':
      return plainly(`added ${entry.scheme} as a way to sign in`)
    case 'scheme_removed':
      return plainly(`removed ${entry.scheme} as a way to sign in`)
    case 'api_deleted':
      return removed(entry)
    case 'paused':
    case 'resumed':
      return {
        did: `${entry.what} ${lowered(nameOfPause(entry))}`,
        lines: entry.why ? [`Why: ${entry.why}`] : [],
      }
  }
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function plainly(did: string): Description {
  return { did, lines: [] }
}

function begun({ source, again, base_url }: Of<'import_begun'>): Description {
  const from = !source ? '' : source.kind === 'text' ? ' from a pasted text' : ` from ${source.name}`
  return {
    did: `imported the API ${again ? 'again' : ''}`.trimEnd() + from,
    lines: base_url ? [`Base address: ${base_url}`] : [],
  }
}

/** A new name is told in the sentence, anything else below it. */
function changed(changes: readonly Changed[], whom: string, none?: string): Description {
  const [only] = changes
  if (only?.field === 'name' && changes.length === 1)
    return plainly(`renamed ${whom} to ${formatField('name', only.now)}`)
  return { did: `changed ${whom}`, lines: changes.map((change) => formatChange(change, none)) }
}

function approved(entry: Of<'import_approved'>): Description {
  const { tools, digest, agents } = entry
  const kinds = formatCounts(entry)
  const which = digest && `revision ${entry.revision}, digest ${digest.slice(0, DIGEST_CHARS)}`
  return {
    did: tools === null ? 'approved the import' : `approved ${count(tools, 'tool')}${kinds && `: ${kinds}`}`,
    lines: [
      ...(which ? [`Exactly what was live from then on: ${which}`] : []),
      ...(agents.length > 0
        ? [`Agents: ${list(agents.map((agent) => agent.name + version(agent.version)))}`]
        : []),
      ...entry.changes.map((change) => formatChange(change)),
    ],
  }
}

function removed({ tools, credentials }: Of<'api_deleted'>): Description {
  const lost = [
    tools > 0 && count(tools, 'live tool'),
    credentials.length > 0 && `the credentials of ${list(credentials)}`,
  ].filter((part) => typeof part === 'string')
  return plainly(`removed the API${lost.length > 0 ? ` with ${list(lost)}` : ''}`)
}

function version(number: number | null): string {
  return number === null ? '' : ` (version ${number})`
}
