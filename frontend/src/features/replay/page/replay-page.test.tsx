import { screen, waitFor, within } from '@testing-library/react'
import { http } from 'msw'
import { describe, expect, it } from 'vitest'
import { refused } from '../../../testing/server'
import { line, openPage, replayServer } from './test-server'
import { records } from '../record-fixtures'
import { REPLAY, stepOf } from '../fixtures'

const { server, state } = replayServer()

describe('reading a conversation', () => {
  it('shows what is known of it as a whole, and one row per event', async () => {
    openPage()
    expect(await screen.findByRole('heading', { name: 'Cancel order 1042' })).toBeVisible()
    await line(/Customer Cancel order 1042/)
    await line(/To Orders.*85 %/)
    await line(/GET \/orders\/1042.*HTTP 200.*2 retries/)
    await line(/Edited by the customer.*after 1 min 30 s/)
    expect(screen.getByText('2 approvals')).toBeVisible()
  })

  it('opens a step: why this agent', async () => {
    const { user, router } = openPage()
    await user.click(await line(/To Orders/))
    const table = screen.getByRole('table')
    expect(within(table).getByRole('row', { name: /Orders ?chosen/ })).toHaveTextContent('speaks of orders')
    expect(within(table).getByRole('row', { name: /Returns/ })).toHaveTextContent('40 %')
    expect(router.state.location.search).toBe('?step=3')
  })

  it('opens the step that the address leads to: what was edited', async () => {
    openPage('?step=7')
    const row = await line(/Customer was asked.*1047/)
    await waitFor(() => expect(row).toHaveAttribute('aria-expanded', 'true'))
    expect(screen.getByText('1042', { selector: 'del' })).toBeVisible()
    expect(screen.getByText(/Edited by the customer; crossed out/)).toBeVisible()
  })

  it('shows what became of every attempt before the last', async () => {
    openPage('?step=10')
    const step = await line(/GET \/orders\/1042.*2 retries/)
    await waitFor(() => expect(step).toHaveAttribute('aria-expanded', 'true'))
    expect(screen.getByRole('heading', { name: 'Tried before, without success' })).toBeVisible()
    expect(screen.getByText('HTTP 503 after 120 ms')).toBeVisible()
    expect(screen.getByText('No answer (tool_unavailable) after 10.0 s')).toBeVisible()
  })

  it('shows what staff were shown before they decided', async () => {
    state.steps = [stepOf(records.evidenceShown(), 1, 0)]
    state.replay = { ...REPLAY, last: 1, marks: [] }
    openPage('?step=1')
    await line(/Ana looked at: Look up an order/)
    expect(screen.getByRole('region', { name: 'What the target said, step 1' })).toHaveTextContent('open')
  })

  it('shows raw JSON, and copies', async () => {
    const { user } = openPage('?step=10')
    await user.click(await screen.findByRole('button', { name: 'Raw JSON' }))
    expect(screen.getByRole('region', { name: 'Step 10 as JSON' })).toHaveTextContent('"http_status": 200')
    await user.click(screen.getByRole('button', { name: 'Copy' }))
    expect(await navigator.clipboard.readText()).toContain('"call_id": "c1"')
    await user.click(screen.getByRole('button', { name: 'Copy link' }))
    expect(await navigator.clipboard.readText()).toMatch(/\/replay\/t1\?step=10$/)
    expect(await screen.findByText('The link was copied.')).toBeVisible()
  })

  it('is done with the keyboard', async () => {
    const { user } = openPage()
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
    openPage()
    expect(await screen.findByRole('heading', { name: 'There is no such conversation' })).toBeVisible()
  })

  it('says so where it was deleted while it was read', async () => {
    server.use(
      http.get(
        '*/api/v1/replay/t1/steps',
        () => {
          server.use(http.get('*/api/v1/replay/t1', () => refused(404, 'conversation_unknown', 'Not there.')))
          return refused(404, 'conversation_unknown', 'Not there.')
        },
        { once: true },
      ),
    )
    openPage()
    expect(await screen.findByRole('heading', { name: 'There is no such conversation' })).toBeVisible()
  })

  it('says what went wrong with its steps, and tries again', async () => {
    server.use(
      http.get('*/api/v1/replay/t1/steps', () => refused(400, 'invalid', 'Not now.'), { once: true }),
    )
    const { user } = openPage()
    expect(await screen.findByRole('alert')).toHaveTextContent('Not now.')
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    await line(/Customer Cancel order 1042/)
  })
})
