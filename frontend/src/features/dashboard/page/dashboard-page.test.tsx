import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { show } from '../../../testing/render'
import { DashboardPage } from './dashboard-page'
import { card, chartOf, analyticsServer, linkOf, rowOf } from './test-server'
import { ANALYTICS, withFigure } from './fixtures'

// jsdom has no layout to draw in; what is drawn is tested in a browser.
vi.mock('../trends/trend-chart', () => ({ default: () => null }))
// Everything is on one page, and jsdom is slow to find its way in it.
vi.setConfig({ testTimeout: 20_000 })

const { answer } = analyticsServer()

describe('a figure on the dashboard', () => {
  it('leads to the conversations behind it, and says how it has changed in words', async () => {
    answer(
      withFigure('escalation_rate', {
        value: 12.5,
        change: 2.5,
        better: 'down',
        filter: 'outcome=escalated',
      }),
    )
    show(<DashboardPage />)
    const escalated = await card('Escalation rate')
    expect(escalated).toHaveTextContent('12.5 %')
    expect(escalated).toHaveTextContent('up 2.5 pointsworse')
    expect(within(escalated).getByRole('link')).toHaveAttribute(
      'href',
      '/replay?outcome=escalated&from=2026-03-01T00%3A00%3A00Z&to=2026-03-31T00%3A00%3A00Z',
    )
  })

  it('shows its formula one click away, what it was made of, and its rows', async () => {
    answer(withFigure('resolution_rate', { value: 80, numerator: 32, denominator: 40 }))
    const { user } = show(<DashboardPage />, { at: '/?range=7d&tz=UTC' })
    await card('Resolution rate')
    await user.click(screen.getByLabelText('How it is computed: Resolution rate'))
    const formula = await screen.findByRole('dialog', { name: 'Resolution rate' })
    expect(formula).toHaveTextContent('How resolution_rate is computed.')
    expect(formula).toHaveTextContent('32 ÷ 40 = 80.0 %')
    expect(formula).toHaveTextContent(/The period before, 30 Jan.*28 Feb 2026: 50.0 %/)
    expect(within(formula).getByRole('link', { name: /CSV/ }).getAttribute('href')).toMatch(
      /^\/api\/v1\/analytics\/rows\/resolution_rate\.csv\?range=7d&tz=UTC$/,
    )
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(screen.getByLabelText('How it is computed: Resolution rate')).toHaveFocus()
  })

  it('is told as two of three where there are only three', async () => {
    answer(withFigure('automation_rate', { value: 66.667, numerator: 2, denominator: 3, few: true }))
    show(<DashboardPage />)
    const few = await card('Automation rate')
    expect(within(few).getByRole('link')).toHaveTextContent(/^2 of 3$/)
    expect(few).toHaveTextContent('66.7 %, of only 3 conversations')
  })

  it('says that there is nothing yet, and nothing to compare with', async () => {
    answer(withFigure('satisfaction', { value: null, denominator: 0, previous: null, change: null }))
    show(<DashboardPage />)
    const none = await card('Satisfaction')
    expect(none).toHaveTextContent('–')
    expect(none).toHaveTextContent('No rating yet')
    expect(none).toHaveTextContent('nothing to compare with')
  })

  it('over time is also a sentence and a table', async () => {
    const { user } = show(<DashboardPage />)
    const chart = await chartOf('Cost per resolution')
    expect(
      await within(chart).findByText(
        'Cost per resolution: highest $30.00 (3 Mar, of few), lowest $10.00 (1 Mar, of few).',
      ),
    ).toBeInTheDocument()
    expect(chart).toHaveTextContent('A hollow point is made of few')
    await user.click(within(chart).getByText('Show as a table'))
    const table = await within(chart).findByRole('table')
    expect(within(table).getByRole('row', { name: /2 Mar/ })).toHaveTextContent('2 Mar$20.00 of few2')
  })
})

describe('the parts of the dashboard', () => {
  it('show what became of proposed actions, each step with its conversations', async () => {
    show(<DashboardPage />)
    const approved = await screen.findByLabelText('Approved: 19. Show the conversations')
    expect(approved).toHaveAttribute('href', expect.stringMatching(/^\/replay\?action=approved&from=/))
    expect(approved.closest('li')).toHaveTextContent('95.0 %')
  })

  it('put the most failing or the slowest tools first, and those of few calls last', async () => {
    const { user } = show(<DashboardPage />)
    const table = within(await screen.findByLabelText('By tool, table'))
    const names = () => table.getAllByRole('rowheader').map((cell) => cell.textContent)
    expect(names()).toEqual(['Get order', 'Refund order', 'Ping'])
    await user.click(screen.getByText('Most failing'))
    expect(names()).toEqual(['Refund order', 'Get order', 'Ping'])
    expect(table.getByRole('columnheader', { name: /Succeeded/ })).toHaveAttribute('aria-sort', 'ascending')
    await user.click(table.getByRole('button', { name: 'Failed' }))
    expect(names()).toEqual(['Refund order', 'Get order', 'Ping'])
    await user.click(table.getByRole('button', { name: /Failed/ }))
    expect(names()).toEqual(['Ping', 'Get order', 'Refund order'])
  })

  it('lead from the cause of failed turns to the conversations in which it happened', async () => {
    show(<DashboardPage />)
    const table = within(await screen.findByLabelText('Failed turns by cause, table'))
    expect(table.getAllByRole('rowheader').map((cell) => cell.textContent)).toEqual([
      'Model unavailable. Show the conversations',
      'Too many steps. Show the conversations',
    ])
    const link = table.getByRole('link', { name: /Model unavailable/ })
    expect(link.getAttribute('href')).toMatch(/^\/replay\?error=model_unavailable&from=/)
  })

  it('lead from an agent to its conversations, and do not turn few into a percentage', async () => {
    show(<DashboardPage />)
    const row = within(await rowOf('Coupons'))
    expect(row.getByText('Coupons')).toHaveAttribute(
      'href',
      expect.stringMatching(/^\/replay\?agent=coupons&/),
    )
    expect(row.getByText('2 of 3')).toBeVisible()
    expect(linkOf(row.getByText('2 of 3'))).toMatch(/^\/replay\?agent=coupons&outcome=resolved&from=/)
    expect(linkOf(row.getByText('0 of 3'))).toBeUndefined()
  })

  it('call a satisfaction few by the number of its ratings', async () => {
    show(<DashboardPage />)
    const satisfaction = within(await rowOf('Order lookup')).getByText('4.2')
    expect(satisfaction).toHaveTextContent('4.2 (of few)')
    expect(linkOf(satisfaction)).toMatch(/^\/replay\?agent=order_lookup&rating=any&from=/)
  })

  it('lead from a tool to the conversations in which its calls ended one way or the other', async () => {
    show(<DashboardPage />)
    const row = within(await rowOf('Refund order'))
    const leads = (text: string) => linkOf(row.getByText(text))
    expect(leads('Refund order')).toMatch(/^\/replay\?tool=refund_order&from=/)
    expect(leads('40')).toMatch(/^\/replay\?tool=refund_order&call=any&from=/)
    expect(leads('80.0 %')).toMatch(/^\/replay\?tool=refund_order&call=succeeded&from=/)
    expect(leads('8')).toMatch(/^\/replay\?tool=refund_order&call=failed&from=/)
    expect(leads('900 ms')).toMatch(/^\/replay\?tool=refund_order&call=any&from=/)
    expect(leads('0')).toBeUndefined()
  })

  it('lead from a model to its conversations, and to those whose first token was waited for', async () => {
    show(<DashboardPage />)
    const row = within(await rowOf('gpt-4.1-mini'))
    expect(linkOf(row.getByText('gpt-4.1-mini'))).toMatch(/^\/replay\?model=gpt-4.1-mini&from=/)
    expect(linkOf(row.getByText('911 ms'))).toMatch(/^\/replay\?model=gpt-4.1-mini&first_token=1&from=.*&to=/)
    expect(linkOf(within(await rowOf('house-model')).getAllByText('–')[0])).toBeUndefined()
  })

  it('say that a model has no known price', async () => {
    show(<DashboardPage />)
    const row = await rowOf('house-model')
    expect(row).toHaveTextContent('price unknown')
    expect(screen.getByText(/The price list does not know house-model/)).toBeVisible()
  })

  it('say so where there is nothing to show', async () => {
    answer({ ...ANALYTICS, agents: [], tools: [], models: [], funnel: { ...ANALYTICS.funnel, proposed: 0 } })
    show(<DashboardPage />)
    expect(await screen.findByText('No agent has answered yet.')).toBeVisible()
    expect(screen.getByText('No tool has been called yet.')).toBeVisible()
    expect(screen.getByText('No model has been called yet.')).toBeVisible()
    expect(screen.getByText('No agent has proposed a change in this range.')).toBeVisible()
  })

  it('say that conversations of the demo are among them', async () => {
    answer({ ...ANALYTICS, demo: true })
    show(<DashboardPage />)
    expect(await screen.findByText(/Conversations of the demo are among these figures/)).toBeVisible()
  })
})
