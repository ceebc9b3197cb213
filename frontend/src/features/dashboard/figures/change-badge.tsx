import { changeOf } from './change'
import classes from './figure.module.css'
import { period, show } from '../format'
import { useShown } from '../range-context'
import type { Figure } from '../types'

/** How a figure has changed since the period before: an arrow, how much, and whether that is good, in words. */
export function ChangeBadge({ figure }: { figure: Figure }) {
  const { previous, chosen } = useShown()
  const { arrow, amount, word, tone } = changeOf(figure)
  const before = period(previous.from, previous.to, chosen.tz)
  const title = figure.previous === null ? before : `${show(figure.previous, figure.unit)} in ${before}`
  return (
    <span className={classes.change} data-mood={tone} title={title}>
      {arrow !== '' && <span aria-hidden="true">{arrow}</span>}
      {amount !== '' && (
        <>
          <span className={classes.hidden}>{arrow === '↑' ? 'up' : 'down'} </span>
          <span>{amount}</span>
        </>
      )}
      <span>{word}</span>
    </span>
  )
}
