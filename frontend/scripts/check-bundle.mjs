// Fails when what the first page needs at once grows over the limit.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const LIMIT_KB = 180 // about two seconds on a slow phone network

const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

function filesOf(name, seen = new Set()) {
  if (seen.has(name)) return seen
  seen.add(name)
  for (const next of manifest[name].imports ?? []) filesOf(next, seen)
  return seen
}

const entry = Object.keys(manifest).find((name) => manifest[name].isEntry)
const files = [...filesOf(entry)].flatMap((name) => [manifest[name].file, ...(manifest[name].css ?? [])])
const size = (kind) =>
  files
    .filter((file) => file.endsWith(kind))
    .reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist))).length, 0) / 1024

const scripts = size('.js')
console.log(`entry bundle: ${scripts.toFixed(1)} kB of script, ${size('.css').toFixed(1)} kB of style (gzip)`)
if (scripts > LIMIT_KB) {
  console.error(`The entry bundle is over ${LIMIT_KB} kB. Load something later, or not at all.`)
  process.exit(1)
}
