import { usePendingApprovals } from '../../api/pending-approvals'
import { PauseButton } from '../../components/pause-button'
import classes from './approvals.module.css'
import { EscalationsSection } from './escalations-section'
import { HistorySection } from './history-section'
import { UnknownSection } from './unknown-section'
import { WaitingSection } from './waiting-section'

/** Everything that waits for staff: decisions, outcomes to find out, people to write to; and what was decided. */
export function ApprovalsPage() {
  const { live } = usePendingApprovals()
  return (
    <main id="main" className={classes.page} tabIndex={0}>
      <div className={classes.column}>
        <div className={classes.top}>
          <h1 className={classes.title}>Approvals</h1>
          <PauseButton />
        </div>
        <WaitingSection live={live} />
        <UnknownSection />
        <EscalationsSection />
        <HistorySection live={live} />
      </div>
    </main>
  )
}
