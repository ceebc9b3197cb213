// Hook that watches a conversation and adds its new steps to what is loaded.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { follow } from './follow'
import { replayQuery } from '../queries'
import { appendStep } from './append-step'
import type { Live, Replay } from '../types'

/** Watch a conversation that goes on: its new steps become part of what is shown. */
export function useLive(threadId: string, replay: Replay | undefined): Live {
  const queries = useQueryClient()
  const [open, setOpen] = useState(false)
  const ongoing = replay?.conversation.status === 'open' && typeof EventSource !== 'undefined'
  useEffect(() => {
    if (!ongoing) return
    const key = replayQuery(threadId).queryKey
    return follow({
      threadId,
      after: queries.getQueryData<Replay>(key)?.last ?? 0,
      onOpen: setOpen,
      onSteps: (steps) => {
        for (const step of steps) appendStep(queries, threadId, step)
        const ended = steps.some(({ frame }) => frame.type === 'message_complete' && frame.ended)
        if (ended) void queries.invalidateQueries({ queryKey: key, exact: true })
      },
    })
  }, [ongoing, threadId, queries])
  if (!ongoing) return 'off'
  return open ? 'on' : 'connecting'
}
