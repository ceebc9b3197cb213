// Hook of a conversation: connection, reducer and view in one, and the customer's actions.
import { useEffect, useMemo, useReducer, useRef, useState, type Dispatch, type RefObject } from 'react'
import type { ConversationActions } from '../../conversation/messages/message-list'
import { reduce, type Action } from '../../conversation/reducer'
import {
  EMPTY,
  type ApprovalItem,
  type CustomerItem,
  type ErrorItem,
  type Item,
} from '../../conversation/state'
import { view, type ConversationView } from '../../conversation/view'
import { useConnect } from '../../ws/connection-context'
import type { Connection } from '../../ws/connection'
import type { ReliableFrame } from '../../ws/outbox'
import type { Status } from '../../ws/types'
import { keepFirst, newId, readFirst } from './storage'

export interface ChatActions extends ConversationActions {
  stop: () => void
  rate: (rating: number, comment: string) => void
  reconnect: () => void
}

export interface Chat {
  view: ConversationView
  status: Status
  actions: ChatActions
}

/** One conversation: its view, its line, and what can be done. `known`: the server has it already. */
export function useConversation(threadId: string, known: boolean): Chat {
  const [state, dispatch] = useReducer(reduce, EMPTY)
  const [status, setStatus] = useState<Status>({ is: 'idle' })
  const connect = useConnect()
  const line = useRef<Connection | null>(null)
  const shown = useMemo(() => view(state), [state])
  const items = useRef<readonly Item[]>([])
  useEffect(() => {
    items.current = shown.items
  }, [shown.items])

  // Whether it was known when it was opened: the line itself notices when a new conversation comes to be.
  const knownAtFirst = useRef(known)
  useEffect(() => {
    const opened = connect({
      threadId,
      known: knownAtFirst.current,
      events: {
        onFrames: (frames) => dispatch({ type: 'frames', frames }),
        onStatus: setStatus,
        onResuming: () => dispatch({ type: 'resuming' }),
        onDisconnected: () => dispatch({ type: 'disconnected' }),
      },
    })
    line.current = opened
    opened.start()
    const first = readFirst()
    if (first?.threadId === threadId) {
      dispatch({ type: 'sent', ...sent(first.messageId, first.content) })
      opened.send(messageFrame(threadId, first.messageId, first.content))
    }
    const release = watchPage(opened)
    return () => {
      release()
      opened.close()
    }
  }, [connect, threadId])

  const actions = useChatActions({ threadId, known: knownAtFirst, dispatch, line, items })

  return { view: shown, status, actions }
}

interface Parts {
  threadId: string
  known: RefObject<boolean>
  dispatch: Dispatch<Action>
  line: RefObject<Connection | null>
  items: RefObject<readonly Item[]>
}

function useChatActions({ threadId, known, dispatch, line, items }: Parts): ChatActions {
  return useMemo(() => {
    const sendFrame = (frame: ReliableFrame, again = false) => line.current?.send(frame, again)
    const sendMessage = (content: string, messageId: string) => {
      if (!known.current && !items.current.some(isStored)) keepFirst({ threadId, messageId, content })
      dispatch({ type: 'sent', ...sent(messageId, content) })
      sendFrame(messageFrame(threadId, messageId, content))
    }
    return {
      send: (text) => sendMessage(text, newId()),
      sendAgain: (item) => sendMessage(item.text, item.messageId ?? newId()),
      answer: (interruptId, answer) => {
        dispatch({ type: 'answered', interruptId, answer })
        sendFrame({ type: 'interrupt_response', thread_id: threadId, interrupt_id: interruptId, ...answer })
      },
      retry: (item) => {
        const frame = retryFrame(item, items.current, threadId)
        if (!frame) return
        dispatch({ type: 'retried', key: item.key })
        sendFrame(frame, true)
      },
      dismiss: (key) => dispatch({ type: 'dismissed', key }),
      stop: () => {
        dispatch({ type: 'stopped' })
        line.current?.stop()
      },
      rate: (rating, comment) => {
        dispatch({ type: 'rated', rating })
        sendFrame({ type: 'feedback', thread_id: threadId, rating, ...(comment && { comment }) })
      },
      reconnect: () => line.current?.retryNow(),
    }
  }, [threadId, known, dispatch, line, items])
}

function isStored(item: Item): boolean {
  return item.kind === 'customer' && item.state === 'sent'
}

function sent(messageId: string, content: string) {
  return { messageId, content, at: new Date().toISOString() }
}

function messageFrame(threadId: string, messageId: string, content: string): ReliableFrame {
  return { type: 'message', thread_id: threadId, content, message_id: messageId }
}

/** The frame that failed, as it was. */
function retryFrame(error: ErrorItem, items: readonly Item[], threadId: string): ReliableFrame | null {
  const { retry } = error
  if (retry && 'messageId' in retry) {
    const stored = items.find(
      (item): item is CustomerItem => item.kind === 'customer' && item.messageId === retry.messageId,
    )
    return stored ? messageFrame(threadId, retry.messageId, stored.text) : null
  }
  if (!retry) return null
  const card = items.find(
    (item): item is ApprovalItem => item.kind === 'approval' && item.key === retry.interruptId,
  )
  if (!card) return null
  const approved = card.state === 'approved'
  return { type: 'interrupt_response', thread_id: threadId, interrupt_id: retry.interruptId, approved }
}

/** Ask after the line when the page is looked at again, and try at once when the network is back. */
function watchPage(line: Connection): () => void {
  const seen = () => {
    if (document.visibilityState !== 'visible') return
    line.probe()
    line.retryNow()
  }
  const back = () => line.retryNow()
  const gone = () => line.probe()
  document.addEventListener('visibilitychange', seen)
  window.addEventListener('online', back)
  window.addEventListener('offline', gone)
  return () => {
    document.removeEventListener('visibilitychange', seen)
    window.removeEventListener('online', back)
    window.removeEventListener('offline', gone)
  }
}
