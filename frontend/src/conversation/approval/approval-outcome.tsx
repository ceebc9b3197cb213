import { AlertIcon, CheckIcon, ClockIcon, CrossIcon } from '../../components/icons'
import classes from './approval-card.module.css'
import type { ApprovalItem } from '../state'

/** What was decided, and what came of it; it says "done" only where the record does. */
export function ApprovalOutcome({ item }: { item: ApprovalItem }) {
  const { tone, icon, text } = outcome(item)
  return (
    <p className={classes.outcome} data-tone={tone}>
      {icon}
      <span>{text}</span>
    </p>
  )
}

function outcome(item: ApprovalItem) {
  const who = item.by === 'operator' ? 'the support team' : 'you'
  const because = item.comment ? ` “${item.comment}”` : ''
  switch (item.state) {
    case 'rejected':
      return {
        tone: 'quiet',
        icon: <CrossIcon />,
        text: `Rejected by ${who}. Nothing was changed.${because}`,
      }
    case 'edited':
      return {
        tone: 'quiet',
        icon: <CheckIcon />,
        text: 'Values changed. With the new ones it is asked for anew.',
      }
    case 'expired':
      return { tone: 'quiet', icon: <ClockIcon />, text: item.note ?? 'Expired. Nothing was changed.' }
    default:
      return approved(item, who)
  }
}

function approved(item: ApprovalItem, who: string) {
  if (item.next) {
    const whom = item.next === 'operator' ? 'the support team' : 'you'
    return {
      tone: 'quiet',
      icon: <CheckIcon />,
      text: `Approved by ${who}. Now it waits for ${whom}, below.`,
    }
  }
  switch (item.outcome?.is) {
    case undefined:
      return { tone: 'quiet', icon: <ClockIcon />, text: `Approved by ${who}. Carrying it out…` }
    case 'succeeded':
      return { tone: 'good', icon: <CheckIcon />, text: `Approved by ${who}. Done.` }
    case 'unknown':
      return {
        tone: 'bad',
        icon: <AlertIcon />,
        text: `Approved by ${who}. No answer came, so it is not known whether it was done. The support team looks into it; please don't ask for it again yet.`,
      }
    default:
      return {
        tone: 'bad',
        icon: <AlertIcon />,
        text: `Approved by ${who}, but it was not done. ${item.outcome?.summary ?? ''}`.trim(),
      }
  }
}
