// Size check: fails for a folder with too many files beside each other, and for a stylesheet that is too long. ESLint
// does the same for modules and functions.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAX_FILES = 25 // what one look takes in
const MAX_CSS_LINES = 400

const root = fileURLToPath(new URL('..', import.meta.url))

function alarmsOf(folder) {
  const entries = readdirSync(folder, { withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const long = files.filter(
    ({ name }) =>
      name.endsWith('.css') && readFileSync(join(folder, name), 'utf8').split('\n').length > MAX_CSS_LINES,
  )
  return [
    ...(files.length > MAX_FILES
      ? [`${relative(root, folder)}: ${files.length} files, at most ${MAX_FILES}`]
      : []),
    ...long.map(({ name }) => `${relative(root, join(folder, name))}: more than ${MAX_CSS_LINES} lines`),
    ...entries.filter((entry) => entry.isDirectory()).flatMap(({ name }) => alarmsOf(join(folder, name))),
  ]
}

const alarms = ['src', 'e2e'].flatMap((folder) => alarmsOf(join(root, folder)))
for (const alarm of alarms) console.error(alarm)
if (alarms.length > 0) process.exit(1)
