import { VisuallyHidden } from '@mantine/core'
import { useEffect, useMemo, useRef, type RefObject } from 'react'
import type { Session } from '../../api/session'
import { useStickToEnd } from '../../components/use-stick-to-end'
import { MessageList } from '../../conversation/messages/message-list'
import type { ConversationView } from '../../conversation/view'
import { WorkingIndicator } from '../../conversation/messages/working-indicator'
import type { Status } from '../../ws/types'
import classes from './chat.module.css'
import { Composer } from './composer'
import { ConnectionBanner } from './connection-banner'
import { ConversationEnded } from './conversation-ended'
import { JumpToLatest } from './jump-to-latest'
import { Rating } from './rating'
import { useRatingDue } from './use-rating-due'
import { TranscriptSkeleton } from './skeleton'
import { useConversation, type ChatActions } from './use-conversation'
import { Welcome } from './welcome'

interface Props {
  threadId: string
  known: boolean
  session: Session
  /** The server has taken the first message. */
  onStored: () => void
  /** The customer wants a new conversation, and this is what was not sent in the old one. */
  onNew: (draft: string) => void
}

/** One conversation, from the first word to the rating. */
export function Conversation({ threadId, known, session, onStored, onNew }: Props) {
  const { view, status, actions } = useConversation(threadId, known)
  const empty = view.items.length === 0
  const { box, content, atEnd, toEnd } = useStickToEnd(!empty)
  useOnStored(view, onStored)
  const ratingDue = useRatingDue(view)

  const composer = useRef<HTMLTextAreaElement>(null)
  const listActions = useListActions(actions, toEnd, composer)

  return (
    <>
      <ConnectionBanner status={status} onReconnect={actions.reconnect} />
      <main id="main" className={classes.main} tabIndex={-1}>
        <VisuallyHidden>
          <h1>Chat with {session.product}</h1>
        </VisuallyHidden>
        <div
          ref={box}
          className={classes.scroller}
          tabIndex={0}
          role="region"
          aria-label="Conversation"
          aria-busy={view.syncing}
        >
          <div ref={content} className={classes.column}>
            {empty && known && view.syncing && <TranscriptSkeleton />}
            {empty && !known && <Welcome session={session} onAsk={listActions.send} />}
            <MessageList items={view.items} actions={listActions} />
            {view.running && <WorkingIndicator items={view.items} />}
            {ratingDue && <Rating rating={view.rating} onRate={actions.rate} />}
          </div>
        </div>
        <JumpToLatest shown={!atEnd && !empty} onJump={toEnd} />
        {/* Whole answers, not each piece of them. */}
        <div role="status" aria-live="polite" className={classes.hidden}>
          {view.announcement}
        </div>
        {view.ending ? (
          <ConversationEnded ending={view.ending} onNew={() => onNew(unsent(view))} />
        ) : (
          <Composer
            blocked={status.is === 'refused' ? status.message : null}
            hint={hintFor(status, view)}
            running={view.running}
            stopping={view.stopping}
            onSend={listActions.send}
            ref={composer}
            onStop={actions.stop}
          />
        )}
      </main>
    </>
  )
}

/** Whatever is said from the list itself leads back to the end, and to where one writes. */
function useListActions(
  actions: ChatActions,
  toEnd: () => void,
  composer: RefObject<HTMLTextAreaElement | null>,
): ChatActions {
  return useMemo(() => {
    const send = (text: string) => {
      actions.send(text)
      toEnd()
      // A chosen example or option goes away; the keyboard goes on where one writes.
      composer.current?.focus()
    }
    return { ...actions, send }
  }, [actions, toEnd, composer])
}

/** Call back once the server has taken a message. */
function useOnStored(view: ConversationView, onStored: () => void): void {
  const stored = view.items.some((item) => item.kind === 'customer' && item.state === 'sent')
  const onStoredRef = useRef(onStored)
  useEffect(() => {
    onStoredRef.current = onStored
  })
  useEffect(() => {
    if (stored) onStoredRef.current()
  }, [stored])
}

function hintFor(status: Status, view: ConversationView): string | null {
  if (status.is === 'reconnecting') return 'What you send now goes out when the connection is back.'
  if (view.pendingApprovals > 1) return `${view.pendingApprovals} approvals wait for an answer above.`
  return view.pendingApprovals === 1 ? 'An approval waits for an answer above.' : null
}

/** What the customer wrote and the server would not take. */
function unsent(view: ConversationView): string {
  return view.items
    .flatMap((item) => (item.kind === 'customer' && item.state === 'failed' ? [item.text] : []))
    .join('\n')
}
