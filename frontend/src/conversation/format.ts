// Formatting of names and values for people.
/** A machine's name in words for people: `order_lookup` is "Order lookup". */
export function humanize(name: string): string {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_\-.\s]+/g, ' ')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

// Who speaks where no agent does: the product itself.
const SUPERVISOR = 'supervisor'

/** Who speaks. */
export function agentName(agent: string): string {
  return agent && agent !== SUPERVISOR ? humanize(agent) : 'Assistant'
}

/** A value as a person would write it. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return '—'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  return JSON.stringify(value, null, 2)
}
