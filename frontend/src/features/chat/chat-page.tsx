import { Button, Portal } from '@mantine/core'
import { useEffect, useState } from 'react'
import { Navigate, useMatch, useNavigate } from 'react-router'
import { useSession } from '../../api/session'
import { PlusIcon } from '../../components/icons'
import { StatusPage } from '../../components/status-page'
import classes from './chat.module.css'
import { Conversation } from './conversation'
import { ChatSkeleton } from './skeleton'
import {
  forgetFirst,
  forgetThread,
  keepDraft,
  newId,
  readFirst,
  rememberedThread,
  rememberThread,
} from './storage'

/** The chat: the conversation that the address names, the one remembered from last time, or a new one. */
export function ChatPage() {
  const session = useSession()
  const navigate = useNavigate()
  const named = useMatch('/c/:threadId')?.params.threadId
  const [fresh, setFresh] = useState(() => readFirst()?.threadId ?? newId())
  const remembered = rememberedThread()
  const threadId = named ?? fresh

  useEffect(() => {
    if (named) rememberThread(named)
  }, [named])

  const isUnsettled = readFirst()?.threadId === fresh
  if (!named && remembered && remembered !== fresh && !isUnsettled)
    return <Navigate to={`/c/${remembered}`} replace />
  if (session.isPending) return <ChatSkeleton />
  if (session.isError) {
    return (
      <StatusPage title="The chat cannot be reached">
        <p role="alert">{session.error.message}</p>
        <Button loading={session.isFetching} onClick={() => void session.refetch()}>
          Try again
        </Button>
      </StatusPage>
    )
  }

  function startNew(draft: string) {
    if (draft) keepDraft(draft)
    forgetThread()
    forgetFirst()
    setFresh(newId())
    void navigate('/')
  }

  return (
    <>
      {named && <NewConversationButton onClick={() => startNew('')} />}
      <Conversation
        key={threadId}
        threadId={threadId}
        known={threadId !== fresh}
        session={session.data}
        onStored={() => {
          forgetFirst()
          if (!named) void navigate(`/c/${threadId}`, { replace: true })
        }}
        onNew={startNew}
      />
    </>
  )
}

function NewConversationButton({ onClick }: { onClick: () => void }) {
  return (
    <Portal target="#page-tools">
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<PlusIcon size={16} />}
        className={classes.new}
        aria-label="New conversation"
        onClick={onClick}
      >
        <span className={classes.newText}>New conversation</span>
      </Button>
    </Portal>
  )
}
