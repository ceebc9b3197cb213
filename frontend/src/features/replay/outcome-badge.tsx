import { AlertIcon, CheckIcon, ClockIcon, CrossIcon, PersonIcon } from '../../components/icons'
import { humanize } from '../../conversation/format'
import classes from './outcome-badge.module.css'

interface OutcomeLabel {
  label: string
  tone: 'good' | 'bad' | 'consent' | 'quiet'
  icon: typeof CheckIcon
}

/** What a conversation came to, in words, with `resolved` for both ways of being that. */
export const OUTCOMES: Readonly<Record<string, OutcomeLabel>> = {
  resolved: { label: 'Resolved', tone: 'good', icon: CheckIcon },
  resolved_confirmed: { label: 'Resolved, confirmed', tone: 'good', icon: CheckIcon },
  resolved_assumed: { label: 'Resolved, assumed', tone: 'good', icon: CheckIcon },
  escalated: { label: 'Handed over', tone: 'consent', icon: PersonIcon },
  abandoned: { label: 'Abandoned', tone: 'bad', icon: CrossIcon },
  unresolved: { label: 'Not resolved', tone: 'bad', icon: AlertIcon },
  open: { label: 'Still open', tone: 'quiet', icon: ClockIcon },
}

/** What a conversation came to: a word, a colour and a sign. */
export function OutcomeBadge({ outcome }: { outcome: string }) {
  const {
    label,
    tone,
    icon: Icon,
  } = OUTCOMES[outcome] ?? { label: humanize(outcome), tone: 'quiet', icon: ClockIcon }
  return (
    <span className={classes.outcome} data-tone={tone}>
      <Icon size={14} />
      {label}
    </span>
  )
}
