import { useId, type ReactNode } from 'react'
import { Link } from 'react-router'
import { AgentsTable } from '../tables/agents-table'
import classes from './dashboard.module.css'
import { FigureList } from '../figures/figure-card'
import { Funnel } from '../figures/funnel'
import { firstFigures, otherGroups, stepFigures } from '../figures/groups'
import { ModelsTable } from '../tables/models-table'
import { useRange } from '../range/use-range'
import { ToolsTable } from '../tables/tools-table'
import { CausesTable } from '../tables/causes-table'
import { Trends } from '../trends/trends'
import { period } from '../format'
import type { Analytics } from '../types'

/** Everything about one range. */
export function DashboardBody({ data, stale }: { data: Analytics; stale: boolean }) {
  const { figures, range, previous, funnel } = data
  const none = figures.find((figure) => figure.key === 'conversations')?.value === 0
  return (
    <div className={classes.body} data-stale={stale} aria-busy={stale}>
      <p className={classes.about}>
        {period(range.from, range.to, range.tz)}, compared with {period(previous.from, previous.to, range.tz)}
        . Counted are the conversations that began in this time.
      </p>
      {data.demo && !none && <DemoNote />}
      {none ? (
        <NothingInRange />
      ) : (
        <>
          <Part title="At a glance" hiddenTitle>
            <FigureList figures={firstFigures(figures)} large />
          </Part>
          <Part title="Over time">
            <Trends figures={figures} />
          </Part>
          <Part title="What became of proposed actions">
            <Funnel steps={stepFigures(figures)} proposed={funnel.proposed} />
          </Part>
          {otherGroups(figures).map((group) => (
            <Part key={group.title} title={group.title}>
              <FigureList figures={group.figures} />
            </Part>
          ))}
          {data.causes.length > 0 && (
            <Part title="Failed turns by cause">
              <CausesTable causes={data.causes} />
            </Part>
          )}
          <Part title="By agent" empty={data.agents.length === 0 ? 'No agent has answered yet.' : ''}>
            <AgentsTable agents={data.agents} />
          </Part>
          <Part title="By tool" empty={data.tools.length === 0 ? 'No tool has been called yet.' : ''}>
            <ToolsTable tools={data.tools} />
          </Part>
          <Part title="By model" empty={data.models.length === 0 ? 'No model has been called yet.' : ''}>
            <ModelsTable models={data.models} />
          </Part>
        </>
      )}
    </div>
  )
}

interface PartProps {
  title: string
  /** Why there is nothing to show. */
  empty?: string
  /** Whether the title goes without saying for who sees the page. */
  hiddenTitle?: boolean
  children: ReactNode
}

function Part({ title, empty = '', hiddenTitle = false, children }: PartProps) {
  const heading = useId()
  return (
    <section aria-labelledby={heading} className={classes.part}>
      <h2 id={heading} className={hiddenTitle ? classes.hidden : undefined}>
        {title}
      </h2>
      {empty === '' ? children : <p className={classes.nothing}>{empty}</p>}
    </section>
  )
}

function DemoNote() {
  return (
    <p className={classes.demo}>
      Conversations of the demo are among these figures. <code>make demo SEED=&quot;--remove&quot;</code>{' '}
      takes them away.
    </p>
  )
}

function NothingInRange() {
  const { addressWith } = useRange()
  return (
    <section className={classes.empty} aria-labelledby="nothing-here">
      <h2 id="nothing-here">No conversation began in this time</h2>
      <p>
        <Link to={addressWith({ name: '365d' })}>Look at the last year</Link>, or{' '}
        <Link to="/">start one</Link>: it appears here within seconds.
      </p>
    </section>
  )
}
