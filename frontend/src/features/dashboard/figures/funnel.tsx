import { Link } from 'react-router'
import { humanize } from '../../../conversation/format'
import { ChangeBadge } from './change-badge'
import classes from './funnel.module.css'
import { FEW, count, percent } from '../format'
import { Formula } from './formula'
import { conversationsPath } from '../links'
import { useShown } from '../range-context'
import type { Figure } from '../types'

/** What became of the writes that agents proposed, each step as wide as its part of all. */
export function Funnel({ steps, proposed }: { steps: readonly Figure[]; proposed: number }) {
  if (proposed === 0) {
    return <p className={classes.empty}>No agent has proposed a change in this range.</p>
  }
  return (
    <ol className={classes.funnel}>
      {steps.map((figure) => (
        <Step key={figure.key} figure={figure} proposed={proposed} />
      ))}
    </ol>
  )
}

function Step({ figure, proposed }: { figure: Figure; proposed: number }) {
  const { range } = useShown()
  const value = figure.value ?? 0
  const word = humanize(figure.label.replace(/^Actions /, ''))
  const share = (value / proposed) * 100
  return (
    <li className={classes.step} data-step={figure.key.replace('actions_', '')}>
      <span className={classes.name}>
        {word}
        <Formula figure={figure} />
      </span>
      <span className={classes.track} aria-hidden="true">
        <span className={classes.bar} style={{ width: `${Math.min(100, share)}%` }} />
      </span>
      <Link
        to={conversationsPath(figure.filter, range)}
        aria-label={`${word}: ${count(value)}. Show the conversations`}
      >
        {count(value)}
      </Link>
      <span className={classes.share}>{proposed < FEW ? `of ${proposed}` : percent(share)}</span>
      <ChangeBadge figure={figure} />
    </li>
  )
}
