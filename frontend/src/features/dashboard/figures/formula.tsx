import { ActionIcon, Popover } from '@mantine/core'
import { useId } from 'react'
import { Link } from 'react-router'
import { icon } from '../../../components/icons'
import classes from './figure.module.css'
import { count, period, show } from '../format'
import { countedBy } from './groups'
import { conversationsPath, rowsAddress } from '../links'
import { useShown } from '../range-context'
import type { Figure } from '../types'

const InfoIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.500" />
    <path d="M12 11v5m0-8.200v.1" />
  </>,
)

/** How a figure is computed, from what, and where its rows are; one click away from it. */
export function Formula({ figure }: { figure: Figure }) {
  const heading = useId()
  const { chosen, range } = useShown()
  return (
    <Popover width={300} position="bottom" withArrow shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={26}
          className={classes.info}
          aria-label={`How it is computed: ${figure.label}`}
        >
          <InfoIcon size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={classes.formula} aria-labelledby={heading}>
        <h3 id={heading} className={classes.formulaTitle}>
          {figure.label}
        </h3>
        <p>{figure.formula}</p>
        <Parts figure={figure} />
        <Before figure={figure} />
        <p className={classes.ways}>
          <Link to={conversationsPath(figure.filter, range)}>The conversations</Link>
          <a href={rowsAddress(figure.key, chosen)} download>
            The rows, as CSV
          </a>
        </p>
      </Popover.Dropdown>
    </Popover>
  )
}

function Parts({ figure }: { figure: Figure }) {
  const { numerator, denominator, unit, value, key } = figure
  if (denominator === null) return null
  const word = countedBy(key)
  if (numerator === null) {
    return (
      <p className={classes.sum}>
        Of {count(denominator)} {denominator === 1 ? word : `${word}s`}
      </p>
    )
  }
  return (
    <p className={classes.sum}>
      {unit === 'usd' ? show(numerator, 'usd') : count(numerator)} ÷ {count(denominator)} ={' '}
      {show(value, unit)}
    </p>
  )
}

function Before({ figure }: { figure: Figure }) {
  const { previous, chosen } = useShown()
  return (
    <p className={classes.before}>
      The period before, {period(previous.from, previous.to, chosen.tz)}:{' '}
      {figure.previous === null ? 'nothing to compare with' : show(figure.previous, figure.unit)}
    </p>
  )
}
