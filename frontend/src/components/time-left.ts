/** Words for the time that is left, rounded up, in the largest unit that says enough. */
export function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (Number.isNaN(seconds)) return ''
  if (seconds <= 0) return 'Time is up'
  if (seconds < 60) return `${seconds} s left`
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min left`
  return `${Math.ceil(seconds / 3600)} h left`
}
