import { VisuallyHidden } from '@mantine/core'
import { NavLink } from 'react-router'
import { usePendingApprovals } from '../api/pending-approvals'
import classes from './layout.module.css'

const MOST = 99 // beyond it, "many" is all that one wants to know

/** The way to the approvals, with how many wait there. */
export function ApprovalsLink() {
  const { count } = usePendingApprovals()
  return (
    <NavLink to="/approvals">
      Approvals
      {count > 0 && (
        <>
          <span className={classes.waiting} aria-hidden="true">
            {count > MOST ? `${MOST}+` : count}
          </span>{' '}
          <VisuallyHidden>{count === 1 ? '1 waits' : `${count} wait`} for a decision</VisuallyHidden>
        </>
      )}
    </NavLink>
  )
}
