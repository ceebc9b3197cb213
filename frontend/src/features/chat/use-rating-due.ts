import { useEffect, useState } from 'react'
import type { ConversationView } from '../../conversation/view'

const IDLE_MS = 45_000 // the answer has been read, and nothing more was asked

/** Whether to ask how it went: at the end, or once an answer has stood for a while. */
export function useRatingDue(view: ConversationView): boolean {
  const answered = view.items.some((item) => item.kind === 'agent' && !item.live)
  const quiet = answered && !view.running && view.pendingApprovals === 0
  const last = view.items.at(-1)?.key
  const [stoodAt, setStoodAt] = useState<string | undefined>()
  const over = view.ending === 'ended' && answered
  const rated = view.rating !== null

  useEffect(() => {
    if (!quiet || over || rated) return
    const timer = setTimeout(() => setStoodAt(last), IDLE_MS)
    return () => clearTimeout(timer)
  }, [quiet, over, rated, last])

  return over || rated || (quiet && stoodAt !== undefined && stoodAt === last)
}
