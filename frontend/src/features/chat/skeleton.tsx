import { Skeleton } from '@mantine/core'
import classes from './chat.module.css'

export function ChatSkeleton() {
  return (
    <main id="main" className={classes.main} aria-busy="true" aria-label="Loading the chat">
      <div className={classes.column}>
        <TranscriptSkeleton />
      </div>
    </main>
  )
}

/** Where a conversation will stand in a moment. */
export function TranscriptSkeleton() {
  return (
    <div aria-hidden="true">
      <Skeleton height={44} width="55%" ml="auto" radius="lg" />
      <Skeleton height={14} width="20%" mt="xl" />
      <Skeleton height={14} width="80%" mt="sm" />
      <Skeleton height={14} width="65%" mt="sm" />
    </div>
  )
}
