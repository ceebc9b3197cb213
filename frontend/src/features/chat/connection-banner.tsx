import { Button } from '@mantine/core'
import { useEffect, useState, type ReactNode } from 'react'
import { SecondsLeft } from '../../components/time'
import type { Status } from '../../ws/types'
import classes from './chat.module.css'

const GOOD_NEWS_MS = 3000 // long enough to be read

/** The truth about the line, while it is not simply open. */
export function ConnectionBanner({ status, onReconnect }: { status: Status; onReconnect: () => void }) {
  const [history, setHistory] = useState({ opened: false, cut: false })
  const open = status.is === 'open'
  const cut = status.is === 'reconnecting'
  // What has been seen of the line so far, taken down while rendering.
  if (open && !history.opened) setHistory({ ...history, opened: true })
  if (cut && !history.cut) setHistory({ ...history, cut: true })

  const restored = open && history.cut
  useEffect(() => {
    if (!restored) return
    const timer = setTimeout(() => setHistory({ opened: true, cut: false }), GOOD_NEWS_MS)
    return () => clearTimeout(timer)
  }, [restored])

  if (status.is === 'reconnecting') {
    return (
      <Banner tone="wait">
        <span role="status">{lost(status.offline, history.opened)}</span>
        <span>
          Trying again in <SecondsLeft until={status.nextAt} /> s.
        </span>
        <Button size="compact-xs" variant="default" onClick={onReconnect}>
          Try now
        </Button>
      </Banner>
    )
  }
  if (status.is === 'connecting' && history.cut) {
    return (
      <Banner tone="wait">
        <span role="status">Connecting again…</span>
      </Banner>
    )
  }
  if (status.is === 'refused') {
    return (
      <Banner tone="bad">
        <span role="alert">{status.message}</span>
      </Banner>
    )
  }
  if (!restored) return null
  return (
    <Banner tone="good">
      <span role="status">{history.opened ? 'Connected again.' : 'Connected.'}</span>
    </Banner>
  )
}

function lost(offline: boolean, opened: boolean): string {
  if (offline) return 'This device is offline.'
  return opened ? 'Connection lost.' : 'The server cannot be reached.'
}

function Banner({ tone, children }: { tone: string; children: ReactNode }) {
  return (
    <section className={classes.banner} data-tone={tone} aria-label="Connection">
      {children}
    </section>
  )
}
