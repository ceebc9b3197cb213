import { useState } from 'react'
import classes from './figure.module.css'
import { count, howMany, show } from '../format'
import { countedBy } from './groups'
import type { Figure } from '../types'

/** A figure's value. One that has moved since the page was opened lights up for a moment. */
export function FigureValue({ figure }: { figure: Figure }) {
  const text = formatFigure(figure)
  const [first] = useState(text)
  return (
    <span key={text} className={classes.number} data-moved={text !== first}>
      {text}
    </span>
  )
}

/** A share of few is told as what it is: two of three. */
export function formatFigure({ value, unit, few, numerator, denominator }: Figure): string {
  if (few && unit === 'percent' && numerator !== null && denominator !== null) {
    return `${count(numerator)} of ${count(denominator)}`
  }
  return show(value, unit)
}

/** Said beside a figure that is made of so few that it says little; nothing beside any other. */
export function SampleSize({ figure }: { figure: Figure }) {
  const { few, denominator, unit, value, key } = figure
  if (value === null) return <span className={classes.of}>No {countedBy(key)} yet</span>
  if (unit === 'rating' && !few && denominator !== null) {
    return <span className={classes.of}>of 5, {howMany(denominator, 'rating')}</span>
  }
  if (!few || denominator === null) return null
  return (
    <span className={classes.few}>
      {unit === 'percent' && `${show(value, unit)}, `}
      of only {howMany(denominator, countedBy(key))}
    </span>
  )
}
