import { useState } from 'react'
import { count, show } from '../format'
import type { ChartRow } from './series'
import classes from './trend.module.css'
import type { Unit } from '../types'

export interface Line {
  key: string
  label: string
}

interface Props {
  rows: readonly ChartRow[]
  lines: readonly Line[]
  unit: Unit
  when: string
}

/** The numbers behind a chart. */
export function TrendTable({ rows, lines, unit, when }: Props) {
  const [open, setOpen] = useState(false)
  const counted = unit !== 'count' && unit !== 'tokens'
  return (
    <details className={classes.behind} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Show as a table</summary>
      {/* A year of rows is made only for who wants them. */}
      {open && (
        <div className={classes.rows} role="region" aria-label="The numbers behind the chart" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{when}</th>
                {lines.map(({ key, label }) => (
                  <th key={key} scope="col">
                    {label}
                  </th>
                ))}
                {counted && <th scope="col">Of</th>}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.at}>
                  <th scope="row">{row.label}</th>
                  {lines.map(({ key }) => (
                    <td key={key} className={row.few[key] === true ? classes.few : undefined}>
                      {show(row.values[key] ?? null, unit)}
                      {row.few[key] === true && ' of few'}
                    </td>
                  ))}
                  {counted && <td>{count(row.counts[lines[0]?.key ?? ''] ?? 0)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  )
}
