import { ago } from '../../../components/ago'
import { useNow } from '../../../components/use-now'
import classes from './dashboard.module.css'

const FULL = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })

/** When the figures last changed, and whether the page hears of it at once. */
export function LastUpdated({ at, live }: { at: string; live: boolean }) {
  const now = useNow()
  return (
    <p className={classes.changed} data-live={live}>
      <span className={classes.dot} aria-hidden="true" />
      {live ? 'Live' : 'Asked for every few seconds'} · last change{' '}
      <time dateTime={at} title={FULL.format(new Date(at))}>
        {ago(now - Date.parse(at))}
      </time>
    </p>
  )
}
