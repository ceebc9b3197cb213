import { Loader, Progress } from '@mantine/core'
import { CheckIcon } from '../../../components/icons'
import classes from './job-progress.module.css'
import page from '../page.module.css'
import { progressOf, importSteps } from './steps'
import type { Job } from '../types'

/** An import on its way: which step, how far. Leaving the page does not stop it. */
export function JobProgress({ job }: { job: Job }) {
  const steps = importSteps(job)
  const active = steps.find((step) => step.state === 'active')
  const percent = progressOf(job)
  return (
    <section className={page.card} aria-label="Progress">
      <ol className={classes.steps}>
        {steps.map((step) => (
          <li
            key={step.status}
            className={classes.step}
            data-state={step.state}
            aria-current={step.state === 'active' ? 'step' : undefined}
          >
            <span className={classes.sign}>
              {step.state === 'done' ? (
                <CheckIcon size={14} />
              ) : step.state === 'active' ? (
                <Loader size={14} aria-hidden />
              ) : null}
            </span>
            {step.title}
          </li>
        ))}
      </ol>
      {percent !== null && (
        <Progress value={percent} aria-label={`${active?.title ?? 'Progress'}: ${percent} %`} />
      )}
      <p className={page.meta} role="status">
        {active?.title}
        {job.progress.total > 0 && `: ${job.progress.done} of ${job.progress.total}`}
        {job.progress.note && `. ${job.progress.note}`}
      </p>
      <p className={page.meta}>
        You may leave this page; the import goes on and is in the list when you come back.
      </p>
    </section>
  )
}
