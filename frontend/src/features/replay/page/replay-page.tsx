import '../styles'
import { Button, Skeleton } from '@mantine/core'
import { lazy, Suspense, useCallback, useRef } from 'react'
import { Link, useSearchParams } from 'react-router'
import { ApiError } from '../../../api/client'
import { StatusPage } from '../../../components/status-page'
import { Problem } from '../problem'
import { useReplay } from '../queries'
import { ReplayHeader } from './replay-header'
import classes from './replay-page.module.css'
import { Timeline } from '../steps/timeline'
import { useLive } from '../live/use-live'

// Who reads does not wait for what plays. Without a connection it can't be loaded, and a browser may remember that.
const Play = lazy(() => import('../player/player').catch(() => ({ default: NoPlayer })))

/** One conversation, to be read step by step or watched as the customer saw it. */
export function ReplayPage({ threadId }: { threadId: string }) {
  const [params, setParams] = useSearchParams()
  const replay = useReplay(threadId)
  const live = useLive(threadId, replay.data)
  const step = stepIn(params)
  const playing = params.get('view') === 'play'
  const seen = useRef<number | null>(null)
  const onStep = useCallback((seq: number) => (seen.current = seq), [])

  if (replay.error instanceof ApiError && replay.error.status === 404) return <Unknown />
  if (!replay.data) return <Missing error={replay.error} onRetry={() => void replay.refetch()} />

  function show(view: 'play' | 'read') {
    setParams((now) => {
      const next = new URLSearchParams(now)
      if (view === 'play') next.set('view', 'play')
      else {
        next.delete('view')
        // Who has seen something and wants to know more reads on where it was.
        if (seen.current !== null) next.set('step', String(seen.current))
        seen.current = null
      }
      return next
    })
  }

  return (
    <main id="main" className={classes.page} tabIndex={-1}>
      <ReplayHeader replay={replay.data} live={live} playing={playing} onShow={show} />
      {replay.isError && (
        <Problem onRetry={() => void replay.refetch()}>
          {replay.error.message} What you see is from before.
        </Problem>
      )}
      {playing ? (
        <Suspense fallback={<Placeholder />}>
          <Play
            threadId={threadId}
            replay={replay.data}
            live={live}
            from={step}
            onStep={onStep}
            onRead={() => show('read')}
          />
        </Suspense>
      ) : (
        <Timeline
          threadId={threadId}
          replay={replay.data}
          live={live}
          step={step}
          onPlay={() => show('play')}
        />
      )}
    </main>
  )
}

function Missing({ error, onRetry }: { error: Error | null; onRetry: () => void }) {
  return (
    <main id="main" className={classes.page} tabIndex={-1}>
      <h1 className={classes.hiddenTitle}>Replay</h1>
      {error ? <Problem onRetry={onRetry}>{error.message}</Problem> : <Placeholder />}
    </main>
  )
}

function stepIn(params: URLSearchParams): number | null {
  const step = Number(params.get('step'))
  return Number.isInteger(step) && step > 0 ? step : null
}

function NoPlayer() {
  return (
    <Problem onRetry={() => window.location.reload()}>
      The player could not be loaded. Check your connection and try again.
    </Problem>
  )
}

function Unknown() {
  return (
    <StatusPage title="There is no such conversation">
      <p>It may have been deleted, or the address has a mistake.</p>
      <Button component={Link} to="/replay" variant="default">
        Find a conversation
      </Button>
    </StatusPage>
  )
}

function Placeholder() {
  return (
    <div role="status" aria-label="Loading the conversation" className={classes.placeholder}>
      <Skeleton height={28} width="60%" radius="md" mb={14} />
      {[0, 1, 2, 3, 4, 5, 6].map((line) => (
        <Skeleton key={line} height={36} radius="md" mb={8} />
      ))}
    </div>
  )
}
