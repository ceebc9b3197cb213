// Fake server for tests of the replay page.
import { configure, screen } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, vi } from 'vitest'
import { show } from '../../../testing/render'
import { good, restServer } from '../../../testing/server'
import { ReplayPage } from './replay-page'
import { REPLAY, STORY } from '../fixtures'
import type { Replay, Step } from '../types'

interface TestServer {
  replay: Replay
  steps: readonly Step[]
  /** What was asked to be changed: method, path, body. */
  sent: [string, string, unknown][]
}

/** A server for the tests of the page of one conversation. */
export function replayServer() {
  const server = restServer()
  const state: TestServer = { replay: REPLAY, steps: STORY, sent: [] }
  // A whole page in jsdom on a machine that does other work: patience, not a measure.
  configure({ asyncUtilTimeout: 8000 })
  vi.setConfig({ testTimeout: 30_000 })
  beforeEach(() => {
    Object.assign(state, { replay: REPLAY, steps: STORY, sent: [] })
    // jsdom measures nothing; the list has to believe that there is room.
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(800)
    vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(41)
    server.use(
      http.get('*/api/v1/replay/t1', () => good(state.replay)),
      http.get('*/api/v1/replay/t1/steps', () => good({ items: state.steps, next: null, previous: null })),
      http.post('*/api/v1/replay/t1/redact', async ({ request }) => {
        state.sent.push(['POST', new URL(request.url).pathname, await request.json()])
        state.replay = { ...REPLAY, redacted_at: '2026-03-02T10:00:00Z' }
        return good({ thread_id: 't1', events: 4, redacted_at: state.replay.redacted_at })
      }),
      http.delete('*/api/v1/conversations/t1', ({ request }) => {
        state.sent.push(['DELETE', new URL(request.url).pathname, null])
        return good({ thread_id: 't1' })
      }),
    )
  })
  return { server, state }
}

/** Open the page at an address. */
export function openPage(query = '') {
  return show(<ReplayPage threadId="t1" />, { at: `/replay/t1${query}`, path: '/replay/:threadId?' })
}

/** A step's line, by what it says. */
export function line(name: RegExp) {
  return screen.findByRole('button', { name })
}
