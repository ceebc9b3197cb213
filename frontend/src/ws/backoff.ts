// Back-off: exponential with jitter, with an upper bound.
const FIRST_MS = 500
const LONGEST_MS = 15_000 // a person who waits looks again within this time

/** How long to wait before attempt number `attempt` (from 0): doubling, with half of it left to chance. */
export function backoff(attempt: number, random: () => number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10))
  return Math.round(full / 2 + (full / 2) * random())
}
