import { screen, waitFor, within } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ModelAlert, ModelRefusal } from '../../api/model'
import { show } from '../../testing/render'
import { good, MODEL, refused, restServer } from '../../testing/server'
import { ModelPage } from './model-page'

const server = restServer()

const ALERT: ModelAlert = {
  model: 'gpt-4.1-mini',
  code: 'model_key_refused',
  advice: 'The provider refuses the key. Check OPENAI_API_KEY.',
  http_status: 401,
  failures: 4,
  first_at: '2026-03-30T12:00:00Z',
  last_at: '2026-03-30T12:30:00Z',
}
const REFUSAL: ModelRefusal = {
  model: 'qwen3:8b',
  feature: 'tools',
  explanation: 'This server or model takes no tools. Start vLLM with --enable-auto-tool-choice.',
  learned_at: '2026-03-30T12:00:00Z',
}
let alerts: ModelAlert[] = []
let refusals: ModelRefusal[] = []

beforeEach(() => {
  alerts = [ALERT]
  refusals = []
  server.use(
    http.get('*/api/v1/model', () => good({ label: 'gpt-4.1-mini', demo: false, alerts, refusals })),
    http.post('*/api/v1/model/alerts/dismiss', async ({ request }) => {
      const form = (await request.json()) as { code: string }
      alerts = alerts.filter((alert) => alert.code !== form.code)
      return good({ label: 'gpt-4.1-mini', demo: false, alerts, refusals })
    }),
    http.post('*/api/v1/model/refusals/forget', async ({ request }) => {
      const form = (await request.json()) as { feature: string }
      refusals = refusals.filter((refusal) => refusal.feature !== form.feature)
      return good({ label: 'gpt-4.1-mini', demo: false, alerts, refusals })
    }),
  )
})

describe('the page of the model', () => {
  it('says why a model does not answer, how often, and what to do', async () => {
    show(<ModelPage />)
    const card = within(await screen.findByRole('article', { name: 'Model key refused: gpt-4.1-mini' }))
    expect(card.getByText(ALERT.advice)).toBeVisible()
    expect(card.getByText(/4 failures in a row · the provider answered 401/)).toBeVisible()
    expect(card.getByRole('link', { name: 'Failed conversations' })).toHaveAttribute(
      'href',
      '/replay?error=model_key_refused',
    )
  })

  it('takes an alert away where staff say so', async () => {
    const { user } = show(<ModelPage />)
    await user.click(await screen.findByRole('button', { name: 'Dismiss' }))
    await waitFor(() => expect(screen.queryByRole('article')).toBeNull())
    expect(screen.getByText(/No model has refused/)).toBeVisible()
  })

  it('says why it could not be taken away', async () => {
    server.use(
      http.post('*/api/v1/model/alerts/dismiss', () => refused(404, 'not_found', 'There is no such alert.')),
    )
    const { user } = show(<ModelPage />)
    await user.click(await screen.findByRole('button', { name: 'Dismiss' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('There is no such alert.')
  })

  it('says how to use a real model where the demo model answers', async () => {
    server.use(http.get('*/api/v1/model', () => good(MODEL)))
    show(<ModelPage />)
    expect(await screen.findByText(/The built-in demo model answers/)).toBeVisible()
    expect(screen.getByText(/No model has refused/)).toBeVisible()
  })

  it('says what the provider refused, what to do, and forgets it', async () => {
    refusals = [REFUSAL]
    const { user } = show(<ModelPage />)
    const card = within(await screen.findByRole('article', { name: 'Tools: qwen3:8b' }))
    expect(card.getByText(REFUSAL.explanation)).toBeVisible()
    await user.click(card.getByRole('button', { name: 'Forget' }))
    await waitFor(() => expect(screen.queryByRole('article', { name: 'Tools: qwen3:8b' })).toBeNull())
    expect(screen.queryByRole('heading', { name: 'Refused' })).toBeNull()
  })
})
