import { http } from 'msw'
import { beforeEach } from 'vitest'
import { numbered } from '../../testing/frames'
import { good, restServer } from '../../testing/server'
import type { Approval } from './queries'
import { APPROVAL, EVIDENCE, SAID } from './fixtures'

interface Desk {
  approvals: Approval[]
  history: Approval[]
  actions: unknown[]
  escalations: unknown[]
  dead: unknown[]
  /** Which events of the conversation were asked for. */
  asked: string[]
  /** What was posted, with its path; after it, every list is empty. */
  posted: unknown[]
}

const EMPTY = { approvals: [], history: [], actions: [], escalations: [], dead: [] }
const ON_A_PAGE = 2

/** A server for the tests of the approvals page: what it lists, and what it was sent. */
export function approvalsDesk() {
  const server = restServer()
  const desk: Desk = { ...EMPTY, asked: [], posted: [] }
  beforeEach(() => {
    Object.assign(desk, { ...EMPTY, asked: [], posted: [] })
    server.use(
      http.get('*/api/v1/approvals', ({ request }) => page(desk.approvals, request)),
      http.get('*/api/v1/approvals/history', ({ request }) => page(desk.history, request)),
      http.get('*/api/v1/approvals/:id/evidence', () => good(EVIDENCE)),
      http.get('*/api/v1/approvals/:id', ({ params }) =>
        good([...desk.approvals, ...desk.history].find((one) => one.interrupt_id === params.id) ?? APPROVAL),
      ),
      http.get('*/api/v1/conversations/:thread/events', ({ request }) => {
        desk.asked.push(new URL(request.url).search)
        return good({ items: numbered(SAID), last: 90, more: false })
      }),
      http.get('*/api/v1/actions', () => good({ items: desk.actions, next: null })),
      http.get('*/api/v1/escalations', () =>
        good({ items: desk.escalations, next: null, dead_letters: desk.dead }),
      ),
      http.post('*/api/v1/*', async ({ request }) => {
        desk.posted.push([new URL(request.url).pathname, await request.json().catch(() => null)])
        Object.assign(desk, EMPTY)
        return good({})
      }),
    )
  })
  return { server, desk }
}

function page(items: unknown[], request: Request) {
  const from = Number(new URL(request.url).searchParams.get('cursor') ?? 0)
  const next = from + ON_A_PAGE < items.length ? String(from + ON_A_PAGE) : null
  return good({ items: items.slice(from, from + ON_A_PAGE), next })
}
