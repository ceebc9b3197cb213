import { screen, waitFor } from '@testing-library/react'
import { http, type HttpResponse } from 'msw'
import { describe, expect, it, vi } from 'vitest'
import { show } from '../../../testing/render'
import { refused } from '../../../testing/server'
import { DashboardPage } from '../page/dashboard-page'
import { card, analyticsServer } from '../page/test-server'
import { ownZone } from '../range'
import { ANALYTICS, withFigure } from '../page/fixtures'

// jsdom has no layout to draw in; what is drawn is tested in a browser.
vi.mock('../trends/trend-chart', () => ({ default: () => null }))
// Everything is on one page, and jsdom is slow to find its way in it.
vi.setConfig({ testTimeout: 20_000 })

const { server, asked, answer } = analyticsServer()

describe('the range of the dashboard', () => {
  it('is asked for in the zone of the browser, and stands in the address', async () => {
    const { user, router } = show(<DashboardPage />)
    await card('Conversations')
    expect(asked[0]).toBe(`?${new URLSearchParams({ range: '30d', tz: ownZone() })}`)
    await user.click(screen.getByText('7 days'))
    await waitFor(() => expect(asked.at(-1)).toContain('range=7d'))
    expect(router.state.location.search).toBe('?range=7d')
    expect(screen.getByText('7 days')).toHaveAttribute('aria-current', 'true')
  })

  it('is in the days of another zone where somebody chooses one', async () => {
    const { user, router } = show(<DashboardPage />)
    await card('Conversations')
    await user.click(screen.getByLabelText('Days of'))
    await user.selectOptions(screen.getByLabelText('Days of'), 'Asia/Tokyo')
    await waitFor(() => expect(asked.at(-1)).toContain('tz=Asia%2FTokyo'))
    expect(router.state.location.search).toContain('tz=Asia%2FTokyo')
  })

  it('is from a day to a day; what makes no sense is said and not asked for', async () => {
    const { user } = show(<DashboardPage />, { at: '/?range=custom&from=2026-03-01&to=2026-03-10' })
    await card('Conversations')
    await user.clear(screen.getByLabelText('Last day'))
    await user.type(screen.getByLabelText('Last day'), '2026-02-01')
    await user.click(screen.getByRole('button', { name: 'Show' }))
    expect(await screen.findByRole('alert')).toHaveTextContent(/Exchange them/)
    expect(screen.getByLabelText('Last day')).toHaveAttribute('aria-invalid', 'true')
    expect(asked.join()).not.toContain('to=2026-02-01')
    await user.clear(screen.getByLabelText('First day'))
    await user.type(screen.getByLabelText('First day'), '2026-01-15')
    await user.click(screen.getByRole('button', { name: 'Show' }))
    await waitFor(() => expect(asked.at(-1)).toContain('from=2026-01-15&to=2026-02-01'))
  })
})

describe('the dashboard without figures', () => {
  it('says what will be there and how to get it, before the first conversation', async () => {
    answer({ ...ANALYTICS, first_at: null })
    show(<DashboardPage />)
    expect(await screen.findByRole('heading', { name: 'There are no conversations yet' })).toBeVisible()
    expect(screen.getByRole('link', { name: 'Start a conversation' })).toHaveAttribute('href', '/')
    expect(screen.getByText('make demo')).toBeVisible()
  })

  it('offers more time where nothing began in the range', async () => {
    answer({ ...withFigure('conversations', { value: 0 }), demo: true })
    const { user } = show(<DashboardPage />, { at: '/?range=24h' })
    const more = await screen.findByRole('link', { name: 'Look at the last year' })
    expect(screen.queryByText(/Conversations of the demo/)).toBeNull()
    await user.click(more)
    await waitFor(() => expect(asked.at(-1)).toContain('range=365d'))
  })

  it('shows where the figures will be while they are on their way', () => {
    server.use(http.get('*/api/v1/analytics', () => new Promise<HttpResponse<null>>(() => undefined)))
    show(<DashboardPage />)
    expect(screen.getByRole('status', { name: 'Loading the figures' })).toBeVisible()
  })

  it('says what went wrong, and tries again', async () => {
    server.use(http.get('*/api/v1/analytics', () => refused(500, 'internal_error', 'Something broke.')))
    const { user } = show(<DashboardPage />)
    expect(await screen.findByRole('alert')).toHaveTextContent('Something broke.')
    answer(ANALYTICS)
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await card('Conversations')).toBeVisible()
    expect(screen.queryByRole('alert')).toBeNull()
  })
})
