// Form of an API's call limits.
import type { Limits } from '../types'

/** What may be set of how much an API is called, in words. */
export const LIMITS: readonly { name: keyof Limits; label: string; description: string }[] = [
  { name: 'read_seconds', label: 'Wait for a read', description: 'Seconds' },
  { name: 'write_seconds', label: 'Wait for a write', description: 'Seconds' },
  { name: 'concurrency', label: 'At the same time', description: 'Calls' },
  { name: 'per_second', label: 'At most', description: 'Calls per second' },
]

type LimitsDraft = Record<keyof Limits, string>

export function writeLimits(limits: Limits): LimitsDraft {
  return {
    read_seconds: String(limits.read_seconds),
    write_seconds: String(limits.write_seconds),
    concurrency: String(limits.concurrency),
    per_second: String(limits.per_second),
  }
}

/** Read the limits from a form, or say for each what is wrong; the server knows the exact bounds. */
export function readLimits(
  draft: LimitsDraft,
): { limits: Limits; problems: null } | { limits: null; problems: Partial<LimitsDraft> } {
  const problems: Partial<LimitsDraft> = {}
  const limits = { read_seconds: 0, write_seconds: 0, concurrency: 0, per_second: 0 }
  for (const { name } of LIMITS) {
    const value = draft[name].trim() === '' ? NaN : Number(draft[name])
    if (!Number.isFinite(value) || value <= 0) problems[name] = 'Please write a number above zero.'
    else if (name === 'concurrency' && !Number.isInteger(value))
      problems[name] = 'Please write a whole number.'
    else limits[name] = value
  }
  return Object.keys(problems).length > 0 ? { limits: null, problems } : { limits, problems: null }
}
