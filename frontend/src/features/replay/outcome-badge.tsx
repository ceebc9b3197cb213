import { AlertIcon, CheckIcon, ClockIcon, CrossIcon, PersonIcon } from '../../components/icons'
import { inWords } from '../../conversation/format'
import classes from './outcome-badge.module.css'

interface Words {
  words: string
  tone: 'good' | 'bad' | 'consent' | 'quiet'
  icon: typeof CheckIcon
}

/** What a conversation came to, in words, with `resolved` for both ways of being that. */
export const OUTCOMES: Readonly<Record<string, Words>> = {
  resolved: { words: 'Resolved', tone: 'good', icon: CheckIcon },
  resolved_confirmed: { words: 'Resolved, confirmed', tone: 'good', icon: CheckIcon },
  resolved_assumed: { words: 'Resolved, assumed', tone: 'good', icon: CheckIcon },
  escalated: { words: 'Handed over', tone: 'consent', icon: PersonIcon },
  abandoned: { words: 'Abandoned', tone: 'bad', icon: CrossIcon },
  unresolved: { words: 'Not resolved', tone: 'bad', icon: AlertIcon },
  open: { words: 'Still open', tone: 'quiet', icon: ClockIcon },
}

/** What a conversation came to: a word, a colour and a sign. */
export function OutcomeBadge({ outcome }: { outcome: string }) {
  const {
    words,
    tone,
    icon: Icon,
  } = OUTCOMES[outcome] ?? { words: inWords(outcome), tone: 'quiet', icon: ClockIcon }
  return (
    <span className={classes.outcome} data-tone={tone}>
      <Icon size={14} />
      {words}
    </span>
  )
}
