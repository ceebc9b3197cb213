// Formatting of counts, lists and shares.
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** A number of things: "1 read", "2 reads". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}

/** "a, b and c" */
export function list(items: readonly string[]): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`
}
