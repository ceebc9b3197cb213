// Fake server for tests of the approvals page.
import { http } from 'msw'
import { beforeEach } from 'vitest'
import { numbered } from '../../testing/frames'
import { good, restServer } from '../../testing/server'
import type { Approval } from './queries'
import { APPROVAL, EVIDENCE, CONVERSATION } from './fixtures'

interface TestServer {
  approvals: Approval[]
  history: Approval[]
  actions: unknown[]
  escalations: unknown[]
  dead: unknown[]
  /** Which events of the conversation were asked for. */
  requestedEvents: string[]
  /** What was posted, with its path; after it, every list is empty. */
  posted: unknown[]
}

const EMPTY = { approvals: [], history: [], actions: [], escalations: [], dead: [] }
const ON_A_PAGE = 2

/** A server for the tests of the approvals page: what it lists, and what it was sent. */
export function approvalsServer() {
  const server = restServer()
  const state: TestServer = { ...EMPTY, requestedEvents: [], posted: [] }
  beforeEach(() => {
    Object.assign(state, { ...EMPTY, requestedEvents: [], posted: [] })
    server.use(
      http.get('*/api/v1/approvals', ({ request }) => page(state.approvals, request)),
      http.get('*/api/v1/approvals/history', ({ request }) => page(state.history, request)),
      http.get('*/api/v1/approvals/:id/evidence', () => good(EVIDENCE)),
      http.get('*/api/v1/approvals/:id', ({ params }) =>
        good(
          [...state.approvals, ...state.history].find((one) => one.interrupt_id === params.id) ?? APPROVAL,
        ),
      ),
      http.get('*/api/v1/conversations/:thread/events', ({ request }) => {
        state.requestedEvents.push(new URL(request.url).search)
        return good({ items: numbered(CONVERSATION), last: 90, more: false })
      }),
      http.get('*/api/v1/actions', () => good({ items: state.actions, next: null })),
      http.get('*/api/v1/escalations', () =>
        good({ items: state.escalations, next: null, dead_letters: state.dead }),
      ),
      http.post('*/api/v1/*', async ({ request }) => {
        state.posted.push([new URL(request.url).pathname, await request.json().catch(() => null)])
        Object.assign(state, EMPTY)
        return good({})
      }),
    )
  })
  return { server, state }
}

function page(items: unknown[], request: Request) {
  const from = Number(new URL(request.url).searchParams.get('cursor') ?? 0)
  const next = from + ON_A_PAGE < items.length ? String(from + ON_A_PAGE) : null
  return good({ items: items.slice(from, from + ON_A_PAGE), next })
}
