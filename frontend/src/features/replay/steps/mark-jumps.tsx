import { ActionIcon } from '@mantine/core'
import { AlertIcon, ChevronIcon, ShieldIcon, type icon } from '../../../components/icons'
import { counted } from '../format'
import { FlagIcon, StarIcon } from '../icons'
import classes from './mark-jumps.module.css'
import type { Mark } from '../types'

interface Kind {
  one: string
  many: string
  icon: ReturnType<typeof icon>
}

const KINDS: Record<Mark['kind'], Kind> = {
  error: { one: 'error', many: 'errors', icon: AlertIcon },
  approval: { one: 'approval', many: 'approvals', icon: ShieldIcon },
  escalation: { one: 'hand-over', many: 'hand-overs', icon: FlagIcon },
  feedback: { one: 'rating', many: 'ratings', icon: StarIcon },
}
const ORDER: readonly Mark['kind'][] = ['error', 'approval', 'escalation', 'feedback']

interface Props {
  marks: readonly Mark[]
  onJump: (kind: Mark['kind'], backwards: boolean) => void
}

/** The places that are worth a look, by kind, with a way to the next and the one before. */
export function MarkJumps({ marks, onJump }: Props) {
  const present = ORDER.filter((kind) => marks.some((mark) => mark.kind === kind))
  if (present.length === 0) return <span className={classes.calm}>No errors, no approvals</span>
  return present.map((kind) => {
    const { one, many, icon: Icon } = KINDS[kind]
    return (
      <span key={kind} className={classes.jumps} data-kind={kind}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="md"
          className={classes.backwards}
          aria-label={`Previous ${one}`}
          onClick={() => onJump(kind, true)}
        >
          <ChevronIcon size={15} />
        </ActionIcon>
        <span className={classes.kind}>
          <Icon size={14} />
          {counted(marks.filter((mark) => mark.kind === kind).length, one, many)}
        </span>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="md"
          aria-label={`Next ${one}`}
          onClick={() => onJump(kind, false)}
        >
          <ChevronIcon size={15} />
        </ActionIcon>
      </span>
    )
  })
}
