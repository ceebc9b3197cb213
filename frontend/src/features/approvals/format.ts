// Formatting of approvals: risk, decision, values.
import { humanize, formatValue } from '../../conversation/format'
import type { Approval } from './queries'

const RISKS = ['Only reads', 'A change', 'Effect not known', 'Cannot be taken back']

/** How risky an action is, in words. */
export function riskLabel(risk: number): string {
  return RISKS[risk] ?? 'A change'
}

const DECISIONS: Record<Approval['status'], string> = {
  pending: 'Waits',
  approved: 'Approved',
  rejected: 'Rejected',
  edited: 'Values changed',
  expired: 'Expired',
}

/** What became of an approval, and by whom. */
export function formatDecision(approval: Approval): string {
  const what = DECISIONS[approval.status]
  if (approval.decided_by === null) return what
  const who =
    approval.decided_by === 'customer' ? 'the customer' : (approval.decided_name ?? 'the support team')
  return `${what} by ${who}`
}

/** An action's values on one line. */
export function formatValues(args: Record<string, unknown>): string {
  return Object.entries(args)
    .map(([name, value]) => `${humanize(name)} ${formatValue(value)}`)
    .join(', ')
}
