import { ago } from './ago'
import { useNow } from './use-now'
import { timeLeft } from './time-left'

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

/** A moment: the clock time, with the date where it was not today. */
export function Time({ at, className }: { at: string; className?: string | undefined }) {
  const moment = new Date(at)
  if (Number.isNaN(moment.getTime())) return null
  const today = moment.toDateString() === new Date().toDateString()
  return (
    <time dateTime={at} title={FULL.format(moment)} className={className}>
      {(today ? CLOCK : FULL).format(moment)}
    </time>
  )
}

/** How long ago a moment was, growing. */
export function Ago({ at }: { at: string }) {
  const now = useNow()
  return <>{ago(now - Date.parse(at))}</>
}

/** How long until a moment, counting down. */
export function TimeLeft({ until }: { until: string }) {
  const now = useNow()
  return <>{timeLeft(new Date(until).getTime() - now)}</>
}

/** Seconds until a moment in milliseconds, counting down, never below one. */
export function SecondsLeft({ until }: { until: number }) {
  const now = useNow()
  return <>{Math.max(1, Math.ceil((until - now) / 1000))}</>
}
