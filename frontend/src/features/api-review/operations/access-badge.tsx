import classes from './access-badge.module.css'
import { DestructiveIcon, ReadIcon, WriteIcon } from '../icons'
import type { Access } from '../types'
import { ACCESS } from '../labels'

const ICONS = { read: ReadIcon, write: WriteIcon, destructive: DestructiveIcon }

/** What an operation may do: a word and a sign, and a colour beside them. */
export function AccessBadge({ access }: { access: Access }) {
  const Icon = ICONS[access]
  return (
    <span className={classes.badge} data-access={access} title={ACCESS[access].means}>
      <Icon size={14} />
      {ACCESS[access].word}
    </span>
  )
}
