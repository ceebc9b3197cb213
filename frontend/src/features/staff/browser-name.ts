// Name of a browser, out of the header by which it names itself.
const BROWSERS: [string, string][] = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
]
const SYSTEMS: [string, string][] = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
]

/** Say which browser it is and on what; the header itself where it names none that is known. */
export function browserName(header: string): string {
  const named = (among: [string, string][]) => among.find(([mark]) => header.includes(mark))?.[1]
  const browser = named(BROWSERS)
  const system = named(SYSTEMS)
  if (!browser) return header || 'An unnamed program'
  return system ? `${browser} on ${system}` : browser
}
