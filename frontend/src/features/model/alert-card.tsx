import { Button } from '@mantine/core'
import { Link } from 'react-router'
import { useDismissAlert, type ModelAlert } from '../../api/model'
import { Time } from '../../components/time'
import { humanize } from '../../conversation/format'
import classes from './model.module.css'

/** Why a model does not answer, and what to do. It goes away by itself when the model answers again. */
export function AlertCard({ alert }: { alert: ModelAlert }) {
  const dismiss = useDismissAlert()
  const failures = alert.failures === 1 ? '1 failure' : `${alert.failures} failures in a row`
  return (
    <article className={classes.card} aria-label={`${humanize(alert.code)}: ${alert.model}`}>
      <h3 className={classes.name}>{humanize(alert.code)}</h3>
      <p className={classes.advice}>{alert.advice}</p>
      <p className={classes.meta}>
        <code>{alert.model}</code> · {failures}
        {alert.http_status !== null && ` · the provider answered ${alert.http_status}`} · since{' '}
        <Time at={alert.first_at} />, last <Time at={alert.last_at} />
      </p>
      {dismiss.isError && <p role="alert">{dismiss.error.message}</p>}
      <div className={classes.buttons}>
        <Button
          size="compact-sm"
          variant="default"
          loading={dismiss.isPending}
          onClick={() => dismiss.mutate(alert)}
        >
          Dismiss
        </Button>
        <Link to={`/replay?error=${alert.code}`}>Failed conversations</Link>
      </div>
    </article>
  )
}
