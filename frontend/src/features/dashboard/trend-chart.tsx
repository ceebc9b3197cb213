import '@mantine/charts/styles.css'
import { AreaChart } from '@mantine/charts'
import { show, tick } from './format'
import type { ChartRow } from './series'
import type { Line } from './trend-table'
import type { Unit } from './types'

interface Props {
  rows: readonly ChartRow[]
  lines: readonly Line[]
  unit: Unit
}

const COLORS = ['var(--series-1)', 'var(--series-2)', 'var(--series-3)']
const HEIGHT = 220
const MOST_DOTS = 62 // two months of days; of more, dots would hide the line

/** Drawn by a library that is loaded with the first chart only. */
export default function TrendChart({ rows, lines, unit }: Props) {
  return (
    <AreaChart
      h={HEIGHT}
      data={rows.map((row) => ({ label: row.label, ...row.values }))}
      dataKey="label"
      series={lines.map(({ key, label }, at) => ({
        name: key,
        label,
        color: COLORS[at % COLORS.length] ?? COLORS[0] ?? '',
        // Not by colour alone.
        ...(at === 0 ? {} : { strokeDasharray: at === 1 ? '6 3' : '2 3' }),
      }))}
      valueFormatter={(value) => show(value, unit)}
      curveType="linear"
      strokeWidth={2}
      fillOpacity={lines.length > 1 ? 0.05 : 0.15}
      // A value with nothing on either side is a dot or nothing.
      withDots={rows.length <= MOST_DOTS}
      dotProps={{ r: 2, strokeWidth: 1 }}
      connectNulls={false}
      withLegend={lines.length > 1}
      legendProps={{ itemSorter: null }}
      tooltipAnimationDuration={0}
      areaProps={{ isAnimationActive: false }}
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
