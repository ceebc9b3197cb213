import { useEffect, useRef } from 'react'
import { useSearchParams } from 'react-router'
import { ApprovalDetail } from './approval-detail'
import classes from './approvals.module.css'
import { QueueList } from './queue-list'
import { useApproval, useApprovals } from './queries'
import { Section } from './section'
import { onShortcut, Shortcuts } from './shortcuts'

/** Which approval is open, in the address, so that it can be linked to. */
const OPEN = 'a'

/** The queue of what an operator decides, and the one that is being looked at. */
export function WaitingSection({ live }: { live: boolean }) {
  const query = useApprovals(live)
  const [search, setSearch] = useSearchParams()
  const box = useRef<HTMLDivElement>(null)
  const waiting = query.data?.pages.flatMap((page) => page.items) ?? []
  const chosen = search.get(OPEN)
  const first = waiting[0]?.interrupt_id ?? null
  const open = chosen ?? first
  const one = useApproval(open)
  // What was decided stays open, with who decided; what still waits is newest in the queue itself.
  const shown = waiting.find((item) => item.interrupt_id === open) ?? one.data ?? null

  // The first one stays chosen, also when a riskier one comes in above it or it is decided.
  useEffect(() => {
    if (chosen === null && first !== null) {
      setSearch((known) => withOpen(known, first), { replace: true })
    }
  }, [chosen, first, setSearch])

  function choose(id: string) {
    setSearch((known) => withOpen(known, id), { replace: true })
  }

  return (
    <div ref={box} onKeyDown={(event) => onShortcut(event, box.current, waiting, open, choose)}>
      <Section
        title="Waiting for your decision"
        query={query}
        count={() => waiting.length}
        empty="Nothing waits for the support team. Customers answer their own approvals in the chat."
      >
        {() => (
          <>
            <Shortcuts />
            <QueueList items={waiting} open={open} onOpen={choose} />
          </>
        )}
      </Section>
      {shown && (
        <div className={classes.detail}>
          <ApprovalDetail key={shown.interrupt_id} approval={shown} />
        </div>
      )}
    </div>
  )
}

function withOpen(search: URLSearchParams, id: string): URLSearchParams {
  const next = new URLSearchParams(search)
  next.set(OPEN, id)
  return next
}
