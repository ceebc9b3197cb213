import { Button } from '@mantine/core'
import { Time } from '../../components/time'
import { browserName } from './browser-name'
import classes from './staff.module.css'
import { useEndSession, useSessions, type StaffSession } from './team'

const SIGNED_BY: Record<string, string> = {
  password: 'by password',
  link: 'by a one-time link',
  key: 'by the admin key',
}

/** The browsers in which one is signed in, each of which can be signed out from here. */
export function SessionList() {
  const sessions = useSessions()
  const end = useEndSession()
  const items = sessions.data?.items ?? []
  const problem = end.error ?? sessions.error
  return (
    <section aria-labelledby="sessions" className={classes.card}>
      <h2 id="sessions" className={classes.heading}>
        Where you are signed in
      </h2>
      <ul className={classes.list}>
        {items.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            onEnd={() => end.mutate(session.id)}
            busy={end.isPending}
          />
        ))}
      </ul>
      {problem && (
        <p role="alert" className={classes.error}>
          {problem.message}
        </p>
      )}
      {items.length > 1 && (
        <Button
          variant="default"
          className={classes.own}
          loading={end.isPending}
          onClick={() => end.mutate(null)}
        >
          Sign all other browsers out
        </Button>
      )}
    </section>
  )
}

function SessionRow({ session, onEnd, busy }: { session: StaffSession; onEnd: () => void; busy: boolean }) {
  const name = browserName(session.browser)
  return (
    <li className={classes.line}>
      <div className={classes.wide}>
        <b title={session.browser}>{name}</b>{' '}
        {session.here && <span className={classes.dim}>(this browser)</span>}
        <p className={classes.meta}>
          {session.address} · {SIGNED_BY[session.signed_by]} <Time at={session.started_at} /> · last seen{' '}
          <Time at={session.seen_at} /> · ends <Time at={session.ends_at} />
        </p>
      </div>
      {!session.here && (
        <Button
          size="compact-sm"
          variant="default"
          disabled={busy}
          aria-label={`Sign ${name} out`}
          onClick={onEnd}
        >
          Sign out
        </Button>
      )}
    </li>
  )
}
