import { memo } from 'react'
import { ChevronIcon } from '../../../components/icons'
import { describeStep } from '../frames/frames'
import { duration, exact } from '../format'
import classes from './step-row.module.css'
import { StepIcon } from '../frames/step-icon'
import { StepDetails } from './step-details'
import type { Step } from '../types'

/** What can be done with a step. */
export interface StepActions {
  toggle: (seq: number) => void
  copy: (step: Step) => void
  link: (seq: number) => void
  raw: () => void
}

interface Props {
  step: Step
  /** Its bar in the waterfall of its turn, as shares; null where it belongs to no turn. */
  left: number | null
  width: number
  /** How long the approval that it answers had waited. */
  waited: number | null
  /** The keyboard stands here. */
  current: boolean
  open: boolean
  raw: boolean
  actions: StepActions
}

/** One step: a line that opens. */
export const StepRow = memo(function StepRow(props: Props) {
  const { step, left, width, waited, current, open, raw, actions } = props
  const line = describeStep(step, waited)
  const took = step.duration_ms === null ? '' : duration(step.duration_ms)
  const details = `step-${step.seq}`
  return (
    <div className={classes.step} data-tone={line.tone} data-type={step.type} data-open={open || undefined}>
      <button
        type="button"
        className={classes.line}
        data-line={step.seq}
        tabIndex={current ? 0 : -1}
        aria-expanded={open}
        aria-controls={open ? details : undefined}
        aria-current={current ? 'step' : undefined}
        onClick={() => actions.toggle(step.seq)}
      >
        <span className={classes.chevron}>
          <ChevronIcon size={13} />
        </span>
        <time className={classes.time} dateTime={step.at}>
          {exact(step.at)}
        </time>
        {/* The spaces keep the words apart for who hears them. */}{' '}
        <span className={classes.sign}>
          <StepIcon sign={line.icon} />
        </span>
        <span className={classes.what}>
          <strong>{line.title}</strong> {line.text && <span className={classes.text}>{line.text}</span>}
        </span>{' '}
        <span className={classes.figures}>
          {line.facts.map((fact) => (
            <span key={fact}>{fact} </span>
          ))}
        </span>
        <span className={classes.took}>{took}</span>
        <span className={classes.fall} aria-hidden="true">
          {left !== null && (
            <span
              className={classes.bar}
              style={{ left: `min(${left * 100}%, 100% - 3px)`, width: `${width * 100}%` }}
            />
          )}
        </span>
      </button>
      {open && <StepDetails id={details} step={step} waited={waited} raw={raw} actions={actions} />}
    </div>
  )
})
