import { Button } from '@mantine/core'
import type { Ending } from '../../conversation/state'
import classes from './chat.module.css'

const TEXTS: Record<Ending, string> = {
  ended: 'This conversation has ended.',
  expired: 'This conversation has expired because nothing was said for a while.',
  unknown: 'There is no such conversation here. It may belong to another browser.',
}

/** Where the composer was, once there is nothing more to say here. */
export function ConversationEnded({ ending, onNew }: { ending: Ending; onNew: () => void }) {
  return (
    <div className={classes.ended}>
      <p role="status">{TEXTS[ending]} What you have not sent is kept.</p>
      <Button onClick={onNew}>Start a new conversation</Button>
    </div>
  )
}
