// Time series side by side: rows of a chart, and the same in a sentence.
import { moment, show } from '../format'
import type { Point, Series, Unit } from '../types'

/** One row of a chart: when, and each figure's value by its key. */
export interface ChartRow {
  at: string
  label: string
  values: Record<string, number | null>
  /** Of how many each value is made, and whether these are few. */
  counts: Record<string, number>
  few: Record<string, boolean>
}

/** Several figures over the same days or hours, side by side. */
export function rowsOf(series: readonly Series[], zone: string, by: 'day' | 'hour'): ChartRow[] {
  const [first] = series
  if (first === undefined) return []
  const columns = series.map(({ figure, points }) => ({ figure, points: byMoment(points) }))
  return first.points.map(({ at }) => ({
    at,
    label: moment(at, zone, by),
    values: Object.fromEntries(columns.map(({ figure, points }) => [figure, points.get(at)?.value ?? null])),
    counts: Object.fromEntries(columns.map(({ figure, points }) => [figure, points.get(at)?.count ?? 0])),
    few: Object.fromEntries(columns.map(({ figure, points }) => [figure, points.get(at)?.few ?? false])),
  }))
}

/** What a chart shows, in one sentence for each figure: where it began, ended, and was highest and lowest. */
export function describeSeries(rows: readonly ChartRow[], figure: string, label: string, unit: Unit): string {
  const known = rows.flatMap((row) => {
    const value = row.values[figure]
    const when = row.few[figure] === true ? `${row.label}, of few` : row.label
    return value === null || value === undefined ? [] : [{ label: when, value }]
  })
  const [first] = known
  if (first === undefined) return `${label}: nothing in this range.`
  const highest = known.reduce((best, row) => (row.value > best.value ? row : best), first)
  const lowest = known.reduce((best, row) => (row.value < best.value ? row : best), first)
  if (highest.value === lowest.value) return `${label}: ${show(highest.value, unit)} throughout.`
  return `${label}: highest ${show(highest.value, unit)} (${highest.label}), lowest ${show(lowest.value, unit)} (${lowest.label}).`
}

/** Whether there is anything to draw. */
export function hasValues(rows: readonly ChartRow[]): boolean {
  return rows.some((row) => Object.values(row.values).some((value) => value !== null && value !== 0))
}

/** Whether any value is made of few. */
export function anyFew(rows: readonly ChartRow[]): boolean {
  return rows.some((row) => Object.values(row.few).includes(true))
}

function byMoment(points: readonly Point[]): Map<string, Point> {
  return new Map(points.map((point) => [point.at, point]))
}
