// Clock for components: one timer for all that show how much time has passed.
import { useSyncExternalStore } from 'react'

// One ticking clock for everybody who watches; it rests while nobody does.
const watchers = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function tick() {
  now = Date.now()
  for (const watcher of watchers) watcher()
}

function watch(watcher: () => void) {
  if (watchers.size === 0) {
    now = Date.now()
    timer = setInterval(tick, 1000)
  }
  watchers.add(watcher)
  return () => {
    watchers.delete(watcher)
    if (watchers.size === 0) clearInterval(timer)
  }
}

/** The time in milliseconds, anew each second. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => now)
}
