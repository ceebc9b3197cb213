import { Skeleton } from '@mantine/core'
import { useModel } from '../../api/model'
import { AlertCard } from './alert-card'
import { Refusals } from './refusals'
import classes from './model.module.css'

/** Which model answers, what keeps any from answering, and what to do about it. */
export function ModelPage() {
  const { data, isPending, isError, error } = useModel()
  return (
    <main id="main" className={classes.page} tabIndex={0}>
      <div className={classes.column}>
        <div className={classes.top}>
          <h1 className={classes.title}>Model</h1>
        </div>
        {isPending && <Skeleton height={64} radius="md" />}
        {isError && (
          <p role="alert" className={classes.problem}>
            {error.message} {data !== undefined && 'What you see is from before.'}
          </p>
        )}
        {data !== undefined && (
          <>
            <p className={classes.lead}>
              {data.demo ? (
                <>
                  The built-in demo model answers. Set <code>OPENAI_API_KEY</code> or{' '}
                  <code>OPENAI_BASE_URL</code> to use a real one.
                </>
              ) : (
                <>
                  <code>{data.label}</code> answers where an agent names no other.
                </>
              )}
            </p>
            <section aria-labelledby="alerts">
              <h2 id="alerts" className={classes.heading}>
                Alerts
              </h2>
              {data.alerts.length === 0 ? (
                <p className={classes.empty}>
                  No model has refused or kept failing since it last answered. If one does, it stands here and
                  on every page for staff, and the webhook is told.
                </p>
              ) : (
                <ul className={classes.list}>
                  {data.alerts.map((alert) => (
                    <li key={`${alert.model} ${alert.code}`}>
                      <AlertCard alert={alert} />
                    </li>
                  ))}
                </ul>
              )}
            </section>
            <Refusals refusals={data.refusals} />
          </>
        )}
      </div>
    </main>
  )
}
