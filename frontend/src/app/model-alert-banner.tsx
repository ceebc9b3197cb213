import { Link, useLocation } from 'react-router'
import { useModel } from '../api/model'
import classes from './layout.module.css'

/** Tells staff on every page that a model does not answer; the model's own page says more. */
export function ModelAlertBanner() {
  const alerts = useModel().data?.alerts ?? []
  const { pathname } = useLocation()
  const [first, ...others] = alerts
  if (first === undefined || pathname === '/model') return null
  return (
    <section className={classes.alert} role="alert" aria-label="Model">
      <span>
        <strong>{first.model} does not answer.</strong> {first.advice}
      </span>
      <Link to="/model">{others.length === 0 ? 'See the alert' : `See all ${alerts.length} alerts`}</Link>
    </section>
  )
}
