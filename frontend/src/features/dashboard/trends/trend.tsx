import { Button, Skeleton } from '@mantine/core'
import { lazy, Suspense, useId, type ReactNode } from 'react'
import { moment } from '../format'
import { useSeries } from '../queries'
import { stepOf } from '../range'
import { useShown } from '../range-context'
import { anyFew, hasValues, describeSeries, rowsOf } from './series'
import { TrendTable } from './trend-table'
import classes from './trend.module.css'
import type { Figure } from '../types'

const TrendChart = lazy(() => import('./trend-chart'))

interface Props {
  title: ReactNode
  figures: readonly Figure[]
}

/** Figures of one unit over time: a chart for the eye, a sentence and a table for everybody. */
export function Trend({ title, figures }: Props) {
  const { chosen } = useShown()
  const heading = useId()
  const by = stepOf(chosen)
  const { series, pending, stale, error, retry } = useSeries(
    figures.map((figure) => figure.key),
    chosen,
  )
  const unit = figures[0]?.unit ?? 'count'
  const rows = rowsOf(series, chosen.tz, by)
  const lines = figures.map(({ key, label }) => ({ key, label }))
  return (
    <figure className={classes.trend} aria-labelledby={heading} aria-busy={pending || stale}>
      <figcaption id={heading}>{title}</figcaption>
      {pending && error === null && <Skeleton height={220} radius="md" />}
      {error !== null && (
        <div role="alert" className={classes.problem}>
          <p>{error.message}</p>
          <Button size="compact-sm" variant="default" onClick={retry}>
            Try again
          </Button>
        </div>
      )}
      {!pending && error === null && !hasValues(rows) && (
        <p className={classes.empty}>Nothing to draw in this range yet.</p>
      )}
      {!pending && hasValues(rows) && (
        <>
          <p className={classes.hidden}>
            {lines.map(({ key, label }) => describeSeries(rows, key, label, unit)).join(' ')}
          </p>
          {/* The sentence and the table say the same to who cannot see it. */}
          <div aria-hidden="true" data-stale={stale} className={classes.chart}>
            <Suspense fallback={<Skeleton height={220} radius="md" />}>
              <TrendChart rows={rows} lines={lines} unit={unit} />
            </Suspense>
          </div>
          <TrendTable rows={rows} lines={lines} unit={unit} when={by === 'day' ? 'Day' : 'Hour'} />
          <p className={classes.note}>
            By the {by} a conversation began
            {by === 'day' && rows.length > 1 && `, ${rows[0]?.label} to ${rows.at(-1)?.label}`}
            {by === 'hour' && `, from ${moment(rows[0]?.at ?? '', chosen.tz, by)}`}.
            {anyFew(rows) && ' A hollow point is made of few: it says little.'}
          </p>
        </>
      )}
    </figure>
  )
}
