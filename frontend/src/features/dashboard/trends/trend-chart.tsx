import '@mantine/charts/styles.css'
import { AreaChart, ChartTooltip } from '@mantine/charts'
import { count, show, tick } from '../format'
import { anyFew, type ChartRow } from './series'
import type { Line } from './trend-table'
import type { Unit } from '../types'

interface Props {
  rows: readonly ChartRow[]
  lines: readonly Line[]
  unit: Unit
}

const COLORS = ['var(--series-1)', 'var(--series-2)', 'var(--series-3)']
const HEIGHT = 220
const MOST_DOTS = 62 // two months of days; of more, dots would hide the line

/** What the library hands over of a point that is pointed at. */
interface Pointed {
  payload?: { row?: ChartRow }
}

/** Drawn by a library that is loaded with the first chart only. What is made of few is a hollow point. */
export default function TrendChart({ rows, lines, unit }: Props) {
  const series = lines.map(({ key, label }, at) => ({
    name: key,
    label,
    color: COLORS[at % COLORS.length] ?? COLORS[0] ?? '',
    // Not by colour alone.
    ...(at === 0 ? {} : { strokeDasharray: at === 1 ? '6 3' : '2 3' }),
  }))
  const point = pointsOf(rows)

  return (
    <AreaChart
      h={HEIGHT}
      data={rows.map((row) => ({ label: row.label, ...row.values, row }))}
      dataKey="label"
      series={series}
      curveType="linear"
      strokeWidth={2}
      fillOpacity={lines.length > 1 ? 0.05 : 0.15}
      withDots={false}
      connectNulls={false}
      withLegend={lines.length > 1}
      legendProps={{ itemSorter: null }}
      tooltipAnimationDuration={0}
      tooltipProps={{
        content: ({ label, payload }) => (
          <ChartTooltip
            maw="70vw"
            label={label}
            payload={payload}
            series={series.map((line) => ({ ...line, label: withFew(line, payload) }))}
            valueFormatter={(value) => show(value, unit).replaceAll(' ', '\u00a0')}
          />
        ),
      }}
      areaProps={({ name, color }) => ({
        isAnimationActive: false,
        dot: point(name, color),
        activeDot: { r: 4, fill: color, stroke: 'var(--surface)', strokeWidth: 2 },
      })}
      areaChartProps={{ accessibilityLayer: false }}
      yAxisProps={{
        width: unit === 'usd' || unit === 'ms' ? 72 : 52,
        allowDecimals: unit !== 'count',
        tickCount: 4,
        tickFormatter: (value: number) => tick(value, unit),
        ...(unit === 'rating' ? { domain: [1, 5] } : {}),
      }}
      xAxisProps={{ minTickGap: 32 }}
    />
  )
}

/** How a figure's points are drawn: what is made of few is a hollow point. */
function pointsOf(rows: readonly ChartRow[]) {
  // A value with nothing on either side is a dot or nothing.
  const dotted = rows.length <= MOST_DOTS
  const fewDotted = dotted || rows.filter((row) => anyFew([row])).length <= MOST_DOTS

  return function point(figure: string, color: string) {
    return function Point({ cx, cy, index }: { cx?: number; cy?: number; index?: number }) {
      const row = rows[index ?? -1]
      const few = row?.few[figure] === true
      if (typeof cx !== 'number' || typeof cy !== 'number' || !(few ? fewDotted : dotted)) return null
      return few ? (
        <circle key={index} cx={cx} cy={cy} r={3} fill="var(--surface)" stroke={color} strokeWidth={1.5} />
      ) : (
        <circle key={index} cx={cx} cy={cy} r={2} fill={color} stroke={color} />
      )
    }
  }
}

/** A line's name in the tooltip, with of how few the value there is made. */
function withFew({ name, label }: { name: string; label: string }, payload: readonly Pointed[]): string {
  const row = payload[0]?.payload?.row
  return row?.few[name] === true ? `${label}, of only ${count(row.counts[name] ?? 0)}` : label
}
