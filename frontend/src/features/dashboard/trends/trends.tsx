import { useId } from 'react'
import { useSearchParams } from 'react-router'
import { Trend } from './trend'
import classes from './trend.module.css'
import type { Figure } from '../types'

const CHARTS: readonly (readonly [string, readonly string[]])[] = [
  ['Conversations', ['conversations', 'resolved']],
  ['How they end', ['automation_rate', 'escalation_rate', 'abandonment_rate']],
  ['Cost per resolution', ['cost_per_resolution']],
]
const FIRST_CHOICE = 'satisfaction'

/** The figures over time: three that matter to everybody, and any other. */
export function Trends({ figures }: { figures: readonly Figure[] }) {
  const find = (keys: readonly string[]) => figures.filter((figure) => keys.includes(figure.key))
  return (
    <div className={classes.trends}>
      {CHARTS.map(([title, keys]) => (
        <Trend key={title} title={<h3>{title}</h3>} figures={find(keys)} />
      ))}
      <AnyTrend figures={figures} />
    </div>
  )
}

/** One figure over time, whichever the address names. */
function AnyTrend({ figures }: { figures: readonly Figure[] }) {
  const [params, setParams] = useSearchParams()
  const name = useId()
  const asked = params.get('figure') ?? FIRST_CHOICE
  const figure = figures.find((one) => one.key === asked) ?? figures.find((one) => one.key === FIRST_CHOICE)
  if (figure === undefined) return null

  function choose(key: string) {
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        next.set('figure', key)
        return next
      },
      { replace: true, preventScrollReset: true },
    )
  }

  return (
    <Trend
      title={
        <>
          <h3 className={classes.hidden}>{figure.label}</h3>
          <label className={classes.choice} htmlFor={name}>
            Any figure
          </label>
          <select id={name} value={figure.key} onChange={(event) => choose(event.currentTarget.value)}>
            {figures.map(({ key, label }) => (
              <option key={key} value={key}>
                {label}
              </option>
            ))}
          </select>
        </>
      }
      figures={[figure]}
    />
  )
}
