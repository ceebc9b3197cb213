// Fake REST server for tests, on MSW; a request that no handler expects fails the test.
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { Member } from '../api/member'
import type { Model } from '../api/model'
import type { Session } from '../api/session'

export const SESSION: Session = {
  product: 'Willow & Pine',
  version: '0.1.0',
  greeting: 'Hello! How can I help?',
  model: 'demo model',
  demo: true,
  agents: [{ name: 'order_lookup', description: 'Looks up orders.' }],
  examples: ['Where is order 1042?', 'Cancel order 1042'],
  staff: false,
  identified: false,
}

export const MODEL: Model = { label: 'demo model', demo: true, alerts: [], refusals: [] }

export const MEMBER: Member = {
  id: '00000000-0000-4000-8000-000000000001',
  name: 'Ana',
  role: 'admin',
  has_password: true,
  rights: ['decide_approvals', 'manage_staff', 'see_approvals', 'see_staff'],
}

/** The data of a good answer, in its envelope. */
export function good(data: unknown) {
  return HttpResponse.json({ success: true, data, error: null })
}

/** A refusal, in its envelope. */
export function refused(status: number, code: string, message: string, details: object = {}) {
  return HttpResponse.json({ success: false, data: null, error: { code, message, details } }, { status })
}

/** A REST server for the tests of one file; a request that no handler expects fails the test. */
export function restServer() {
  const server = setupServer(
    http.get('*/api/v1/session', () => good(SESSION)),
    http.get('*/api/v1/pauses', () => good({ items: [], can: [], under_way: 0 })),
    http.get('*/api/v1/model', () => good(MODEL)),
    http.get('*/api/v1/staff/me', () => good(MEMBER)),
  )
  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
  afterEach(() => server.resetHandlers())
  afterAll(() => server.close())
  return server
}
