import { lazy, Suspense, type ReactNode } from 'react'
import { Link } from 'react-router'
import { useSession } from '../api/session'
import { PendingApprovalsProvider } from '../api/pending-approvals'
import { ColorSchemeToggle } from '../components/color-scheme-toggle'
import { Logo } from '../components/logo'
import { ModelAlertBanner } from './model-alert-banner'
import classes from './layout.module.css'
import { StaffNav } from './staff-nav'
import { usePageTitle } from './page-title'

// Customers never see these, so they need not load them.
const AccountMenu = lazy(() =>
  import('../features/staff/account-menu').then(({ AccountMenu }) => ({ default: AccountMenu })),
)
const PauseBanner = lazy(() => import('./pause-banner').then(({ PauseBanner }) => ({ default: PauseBanner })))

/** The frame around every page. */
export function Layout({ children }: { children: ReactNode }) {
  const session = useSession()
  const staff = session.data?.staff ?? false
  const product = session.data?.product ?? 'Smart Support'
  usePageTitle(product)
  return (
    <PendingApprovalsProvider staff={staff}>
      <div className={classes.frame}>
        <a className={classes.skip} href="#main">
          Skip to content
        </a>
        <header className={classes.header}>
          <Link to="/" className={classes.brand} aria-label={product}>
            <Logo />
            <span>{product}</span>
          </Link>
          {staff && <StaffNav />}
          <div className={classes.tools}>
            {session.data?.demo && (
              <span
                className={classes.demo}
                title="Answers come from a small built-in model, not from an AI service"
              >
                demo model
              </span>
            )}
            <div id="page-tools" />
            <ColorSchemeToggle />
            {staff && (
              <Suspense>
                <AccountMenu />
              </Suspense>
            )}
          </div>
        </header>
        {staff && (
          <Suspense>
            <PauseBanner />
          </Suspense>
        )}
        {staff && <ModelAlertBanner />}
        {children}
      </div>
    </PendingApprovalsProvider>
  )
}
