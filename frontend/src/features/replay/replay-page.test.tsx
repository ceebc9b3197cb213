import { configure, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { show } from '../../testing/render'
import { good, refused, restServer } from '../../testing/server'
import { ReplayPage } from './replay-page'
import { REPLAY, ROW, STORY } from './samples'
import type { Replay } from './types'

const server = restServer()
// A whole page in jsdom on a machine that does other work: patience, not a measure.
configure({ asyncUtilTimeout: 8000 })
vi.setConfig({ testTimeout: 30_000 })
let replay: Replay
let sent: [string, string, unknown][]

beforeEach(() => {
  replay = REPLAY
  sent = []
  // jsdom measures nothing; the list has to believe that there is room.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(800)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(41)
  server.use(
    http.get('*/api/v1/replay/t1', () => good(replay)),
    http.get('*/api/v1/replay/t1/steps', () => good({ items: STORY, next: null, previous: null })),
    http.post('*/api/v1/replay/t1/redact', async ({ request }) => {
      sent.push(['POST', new URL(request.url).pathname, await request.json()])
      replay = { ...REPLAY, redacted_at: '2026-03-02T10:00:00Z' }
      return good({ thread_id: 't1', events: 4, redacted_at: replay.redacted_at })
    }),
    http.delete('*/api/v1/conversations/t1', ({ request }) => {
      sent.push(['DELETE', new URL(request.url).pathname, null])
      return good({ thread_id: 't1' })
    }),
  )
})

const page = (query = '') =>
  show(<ReplayPage threadId="t1" />, { at: `/replay/t1${query}`, path: '/replay/:threadId?' })
const line = (name: RegExp) => screen.findByRole('button', { name })

describe('reading a conversation', () => {
  it('shows what is known of it as a whole, and one row an event', async () => {
    page()
    expect(await screen.findByRole('heading', { name: 'Cancel order 1042' })).toBeVisible()
    await line(/Customer Cancel order 1042/)
    await line(/To Orders.*85 %/)
    await line(/GET \/orders\/1042.*HTTP 200.*2 retries/)
    await line(/Edited by the customer.*after 1 min 30 s/)
    expect(screen.getByText('2 approvals')).toBeVisible()
  })

  it('opens a step: why this agent', async () => {
    const { user, router } = page()
    await user.click(await line(/To Orders/))
    const table = screen.getByRole('table')
    expect(within(table).getByRole('row', { name: /Orders ?chosen/ })).toHaveTextContent('speaks of orders')
    expect(within(table).getByRole('row', { name: /Returns/ })).toHaveTextContent('40 %')
    expect(router.state.location.search).toBe('?step=3')
  })

  it('opens the step that the address leads to: what was edited', async () => {
    page('?step=7')
    const row = await line(/Customer was asked.*1047/)
    await waitFor(() => expect(row).toHaveAttribute('aria-expanded', 'true'))
    expect(screen.getByText('1042', { selector: 'del' })).toBeVisible()
    expect(screen.getByText(/Edited by the customer; crossed out/)).toBeVisible()
  })

  it('shows raw JSON, and copies', async () => {
    const { user } = page('?step=10')
    await user.click(await screen.findByRole('button', { name: 'Raw JSON' }))
    expect(screen.getByRole('region', { name: 'Step 10 as JSON' })).toHaveTextContent('"http_status": 200')
    await user.click(screen.getByRole('button', { name: 'Copy' }))
    expect(await navigator.clipboard.readText()).toContain('"call_id": "c1"')
    await user.click(screen.getByRole('button', { name: 'Copy link' }))
    expect(await navigator.clipboard.readText()).toMatch(/\/replay\/t1\?step=10$/)
    expect(await screen.findByText('The link was copied.')).toBeVisible()
  })

  it('is done with the keyboard', async () => {
    const { user } = page()
    const first = await line(/Customer Cancel order 1042/)
    await user.keyboard('jj')
    await waitFor(() => expect(screen.getByRole('button', { name: /To Orders/ })).toHaveFocus())
    expect(first).toHaveAttribute('tabindex', '-1')
    await user.keyboard('e')
    await waitFor(() =>
      expect(screen.getByRole('button', { name: /^.*Error.*model_unavailable/ })).toHaveFocus(),
    )
    expect(screen.getByText('Can be tried again')).toBeVisible()
    await user.keyboard('{Escape}')
    expect(screen.queryByText('Can be tried again')).toBeNull()
    await user.keyboard('?')
    expect(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  })

  it('says so where there is no such conversation', async () => {
    server.use(http.get('*/api/v1/replay/t1', () => refused(404, 'conversation_unknown', 'Not there.')))
    page()
    expect(await screen.findByRole('heading', { name: 'There is no such conversation' })).toBeVisible()
  })

  it('says what went wrong with its steps, and tries again', async () => {
    server.use(
      http.get('*/api/v1/replay/t1/steps', () => refused(400, 'invalid', 'Not now.'), { once: true }),
    )
    const { user } = page()
    expect(await screen.findByRole('alert')).toHaveTextContent('Not now.')
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    await line(/Customer Cancel order 1042/)
  })
})

describe('playing a conversation', () => {
  it('runs as the customer saw it, step by step, at any place', async () => {
    page('?view=play')
    await screen.findByRole('slider', { name: 'Position' })
    const press = (name: string, times: number) => {
      for (let time = 0; time < times; time += 1) fireEvent.click(screen.getByRole('button', { name }))
    }
    press('Step forward', 1)
    expect(screen.getByText('Cancel order 1042', { selector: 'div' })).toBeVisible()
    press('Step forward', 12)
    expect(screen.getByText('Order 1047 has been cancelled.')).toBeVisible()
    press('Step back', 14)
    expect(screen.queryByText('Order 1047 has been cancelled.')).toBeNull()
  })

  it('asks nobody to approve anything', async () => {
    page('?view=play&step=5')
    expect(await screen.findByRole('group', { name: 'Cancel order 1042' })).toBeVisible()
    expect(screen.queryByRole('button', { name: /Approve/ })).toBeNull()
  })

  it('plays and pauses, at another speed', async () => {
    const { user } = page('?view=play')
    await user.selectOptions(await screen.findByLabelText('Speed'), '16×')
    await user.click(screen.getByRole('button', { name: 'Play' }))
    expect(screen.getByRole('button', { name: 'Pause' })).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Pause' }))
    expect(screen.getByRole('button', { name: 'Play' })).toBeVisible()
  })
})

describe('keeping and forgetting', () => {
  it('offers the conversation as a file', async () => {
    const { user } = page()
    await user.click(await screen.findByRole('button', { name: 'Keep' }))
    const json = await screen.findByRole('link', { name: /JSON/ })
    expect(json).toHaveAttribute('href', '/api/v1/replay/t1/export.json')
  })

  it('redacts after saying what goes and what stays, and shows that it did', async () => {
    const { user } = page()
    await user.click(await screen.findByRole('button', { name: 'Keep' }))
    await user.click(await screen.findByRole('button', { name: 'Redact…' }))
    const dialog = await screen.findByRole('dialog', { name: 'Redact this conversation?' })
    expect(dialog).toHaveTextContent(/Goes, for good.*every message/)
    expect(dialog).toHaveTextContent(/Stays.*tokens, cost/)
    await user.type(within(dialog).getByLabelText(/Why/), 'Request 12')
    await user.click(within(dialog).getByRole('button', { name: 'Redact it' }))
    expect(await screen.findByText(/was taken out/)).toBeVisible()
    expect(sent).toEqual([['POST', '/api/v1/replay/t1/redact', { reason: 'Request 12' }]])
  })

  it('deletes after asking, and goes back to the list', async () => {
    const { user, router } = page()
    await user.click(await screen.findByRole('button', { name: 'Keep' }))
    await user.click(await screen.findByRole('button', { name: 'Delete…' }))
    await user.click(await screen.findByRole('button', { name: 'Delete it' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/replay'))
    expect(sent).toEqual([['DELETE', '/api/v1/conversations/t1', null]])
  })

  it('says why it could not be deleted', async () => {
    server.use(
      http.delete('*/api/v1/conversations/t1', () => refused(409, 'conversation_busy', 'It still goes on.')),
    )
    const { user } = page()
    await user.click(await screen.findByRole('button', { name: 'Keep' }))
    await user.click(await screen.findByRole('button', { name: 'Delete…' }))
    await user.click(await screen.findByRole('button', { name: 'Delete it' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('It still goes on.')
  })

  it('says of a redacted conversation that it is one, and redacts it no second time', async () => {
    replay = { ...REPLAY, redacted_at: ROW.last_at, conversation: { ...ROW, redacted_at: ROW.last_at } }
    const { user } = page()
    expect(await screen.findByText(/^Redacted .*taken out/)).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Keep' }))
    expect(await screen.findByRole('button', { name: 'Redacted already' })).toBeDisabled()
  })
})
