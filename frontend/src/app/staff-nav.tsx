import { useEffect, useRef } from 'react'
import { NavLink, useLocation } from 'react-router'
import { ApprovalsLink } from './approvals-link'
import classes from './layout.module.css'

/** The bar of staff's pages; where they do not fit, it shows the current one. */
export function StaffNav() {
  const bar = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  useEffect(() => {
    if (bar.current) showCurrent(bar.current)
  }, [pathname])
  return (
    <nav ref={bar} aria-label="Staff" className={classes.nav}>
      <NavLink to="/">Chat</NavLink>
      <ApprovalsLink />
      <NavLink to="/replay">Replay</NavLink>
      <NavLink to="/dashboard">Dashboard</NavLink>
      <NavLink to="/apis">APIs</NavLink>
      <NavLink to="/model">Model</NavLink>
    </nav>
  )
}

/** Scroll the bar, and nothing else, until its current page stands in the middle. */
function showCurrent(bar: HTMLElement) {
  const current = bar.querySelector('[aria-current="page"]')
  if (!current) return
  const [all, one] = [bar.getBoundingClientRect(), current.getBoundingClientRect()]
  bar.scrollLeft += one.left + one.width / 2 - (all.left + all.width / 2)
}
