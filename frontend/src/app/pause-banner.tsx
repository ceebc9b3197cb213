import { nameOfPause, usePauses } from '../api/pauses'
import { PauseButton } from '../components/pause-button'
import { Time } from '../components/time'
import classes from './layout.module.css'

/** Tells staff on every page what is paused, by whom, why and since when, and lets it go on. */
export function PauseBanner() {
  const items = usePauses().data?.items ?? []
  return items.map((pause) => (
    <section key={`${pause.kind}/${pause.name}`} className={classes.alert} role="alert" aria-label="Paused">
      <span>
        <strong>{nameOfPause(pause)}: paused.</strong> Nothing is sent. By {pause.by}, <Time at={pause.at} />
        {pause.why && <>: “{pause.why}”</>}
      </span>
      <PauseButton what={{ kind: pause.kind, name: pause.name }} />
    </section>
  ))
}
