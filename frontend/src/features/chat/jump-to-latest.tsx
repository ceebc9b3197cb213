import { Button } from '@mantine/core'
import { DownIcon } from '../../components/icons'
import classes from './chat.module.css'

/** The way back to the end for somebody who reads further up. */
export function JumpToLatest({ shown, onJump }: { shown: boolean; onJump: () => void }) {
  return (
    <div className={classes.jump}>
      {shown && (
        <Button
          size="compact-sm"
          radius="xl"
          variant="default"
          leftSection={<DownIcon size={14} />}
          onClick={onJump}
        >
          Jump to latest
        </Button>
      )}
    </div>
  )
}
