import { useEffect } from 'react'
import { useLocation } from 'react-router'

// By the beginning of the address, the narrower first.
const TITLES = [
  ['/sign-in', 'Sign in'],
  ['/approvals', 'Approvals'],
  ['/replay', 'Replay'],
  ['/dashboard', 'Dashboard'],
  ['/apis/agents', 'Agents'],
  ['/apis/history', 'History'],
  ['/apis/jobs', 'Import'],
  ['/apis', 'APIs'],
  ['/model', 'Model'],
  ['/team', 'Team'],
  ['/account', 'Your account'],
] as const

/** Name the page in the browser's tab and history; the chat has the product's name alone. */
export function usePageTitle(product: string): void {
  const { pathname } = useLocation()
  useEffect(() => {
    document.title = titleOf(pathname, product)
  }, [pathname, product])
}

export function titleOf(pathname: string, product: string): string {
  const page = TITLES.find(([start]) => pathname === start || pathname.startsWith(`${start}/`))
  return page ? `${page[1]} · ${product}` : product
}
