import { LastUpdated } from './last-updated'
import classes from './dashboard.module.css'
import { DashboardBody } from './dashboard-body'
import { EmptyDashboard } from './empty-dashboard'
import { DashboardProblem, DashboardSkeleton } from './placeholders'
import { useAnalytics } from '../queries'
import { RangeContext } from '../range-context'
import { RangePicker } from '../range/range-picker'
import '../styles'
import { useLiveFigures } from './use-live-figures'
import { useRange } from '../range/use-range'

/** What all conversations come to: each figure with its formula, its change, and the way to what is behind it. */
export function DashboardPage() {
  const { chosen } = useRange()
  const live = useLiveFigures()
  const { data, error, isError, isPlaceholderData, refetch } = useAnalytics(chosen, live)
  return (
    <main id="main" className={classes.page} tabIndex={0}>
      <div className={classes.column}>
        <div className={classes.top}>
          <div>
            <h1 className={classes.title}>Dashboard</h1>
            {data !== undefined && <LastUpdated at={data.updated_at} live={live} />}
          </div>
        </div>
        <RangePicker />
        {isError && (
          <DashboardProblem
            message={error.message}
            stale={data !== undefined}
            onRetry={() => void refetch()}
          />
        )}
        {data === undefined && !isError && <DashboardSkeleton />}
        {data?.first_at === null && <EmptyDashboard />}
        {data !== undefined && data.first_at !== null && (
          <RangeContext value={{ chosen, range: data.range, previous: data.previous }}>
            <DashboardBody data={data} stale={isPlaceholderData} />
          </RangeContext>
        )}
      </div>
    </main>
  )
}
