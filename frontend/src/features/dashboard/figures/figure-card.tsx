import { useId } from 'react'
import { Link } from 'react-router'
import { ChangeBadge } from './change-badge'
import classes from './figure.module.css'
import { SampleSize, FigureValue, formatFigure } from './figure-value'
import { Formula } from './formula'
import { conversationsPath } from '../links'
import { useShown } from '../range-context'
import type { Figure } from '../types'

/** One figure: its value leads to the conversations behind it, its formula is one click away. */
function FigureCard({ figure, large = false }: { figure: Figure; large?: boolean }) {
  const { range } = useShown()
  const heading = useId()
  return (
    <li className={classes.card} data-large={large} data-figure={figure.key} aria-labelledby={heading}>
      <div className={classes.head}>
        <h3 id={heading} className={classes.label}>
          {figure.label}
        </h3>
        <Formula figure={figure} />
      </div>
      <Link
        to={conversationsPath(figure.filter, range)}
        className={classes.value}
        aria-label={`${figure.label}: ${formatFigure(figure)}. Show the conversations`}
      >
        <FigureValue figure={figure} />
      </Link>
      <SampleSize figure={figure} />
      <ChangeBadge figure={figure} />
    </li>
  )
}

/** Figures side by side, as many as there is room for. */
export function FigureList({ figures, large = false }: { figures: readonly Figure[]; large?: boolean }) {
  return (
    <ul className={classes.cards} data-large={large}>
      {figures.map((figure) => (
        <FigureCard key={figure.key} figure={figure} large={large} />
      ))}
    </ul>
  )
}
