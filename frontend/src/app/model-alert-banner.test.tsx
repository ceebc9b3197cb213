import { screen } from '@testing-library/react'
import { http } from 'msw'
import { describe, expect, it } from 'vitest'
import { show } from '../testing/render'
import { good, MODEL, restServer, SESSION } from '../testing/server'
import { fakeEventSources } from '../testing/fake-event-source'
import { Layout } from './layout'

const server = restServer()
fakeEventSources()

function alert(code: string) {
  return {
    model: 'gpt-4.1-mini',
    code,
    advice: `What to do about ${code}.`,
    http_status: null,
    failures: 1,
    first_at: '2026-03-30T12:00:00Z',
    last_at: '2026-03-30T12:00:00Z',
  }
}

function serve(staff: boolean, codes: string[]) {
  let asked = 0
  server.use(
    http.get('*/api/v1/session', () => good({ ...SESSION, staff })),
    http.get('*/api/v1/model', () => {
      asked += 1
      return good({ ...MODEL, alerts: codes.map(alert) })
    }),
  )
  return () => asked
}

describe('the alert of a model', () => {
  it('is told to staff on every page, with what to do', async () => {
    serve(true, ['model_key_refused'])
    show(<Layout>a page</Layout>)
    expect(await screen.findByRole('alert', { name: 'Model' })).toHaveTextContent(
      'gpt-4.1-mini does not answer. What to do about model_key_refused.',
    )
    expect(screen.getByRole('link', { name: 'See the alert' })).toHaveAttribute('href', '/model')
  })

  it('says how many there are', async () => {
    serve(true, ['model_key_refused', 'model_quota_used_up'])
    show(<Layout>a page</Layout>)
    expect(await screen.findByRole('link', { name: 'See all 2 alerts' })).toBeVisible()
  })

  it('is neither shown to customers nor asked for in their name', async () => {
    const asked = serve(false, ['model_key_refused'])
    show(<Layout>a chat</Layout>)
    expect(await screen.findByText('demo model')).toBeVisible()
    expect(screen.queryByRole('alert')).toBeNull()
    expect(asked()).toBe(0)
  })
})
