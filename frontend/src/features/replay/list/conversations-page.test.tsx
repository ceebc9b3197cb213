import { act, fireEvent, screen, within } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { show } from '../../../testing/render'
import { good, refused, restServer } from '../../../testing/server'
import { ConversationsPage } from './conversations-page'
import { ROW } from '../fixtures'
import type { Row } from '../types'

const server = restServer()
let asked: URLSearchParams[]
let rows: Row[]

beforeEach(() => {
  asked = []
  rows = [ROW]
  server.use(
    http.get('*/api/v1/agents', () => good({ items: [{ name: 'order_actions', tools: ['cancel_order'] }] })),
    http.get('*/api/v1/conversations', ({ request }) => {
      const query = new URL(request.url).searchParams
      asked.push(query)
      if (query.get('cursor') === 'more')
        return good({ items: [{ ...ROW, thread_id: 't2', title: 'An older one' }], next: null })
      return good({ items: rows, next: rows.length > 0 ? 'more' : null })
    }),
  )
})

const page = (at = '/replay') => show(<ConversationsPage />, { at, path: '/replay' })

describe('the list of conversations', () => {
  it('says of each how it began, what it came to, and what is worth a look', async () => {
    page()
    const row = (await screen.findByRole('heading', { name: 'Cancel order 1042' })).closest('article')
    for (const words of [
      'Resolved, confirmed',
      '2 approvals',
      '1 error',
      '2 of 5',
      'Order actions',
      '3 turns',
      '$0.0004',
    ])
      expect(row).toHaveTextContent(words)
    expect(screen.getByRole('link', { name: 'Cancel order 1042' })).toHaveAttribute('href', '/replay/t1')
  })

  it('shows more on demand', async () => {
    const { user } = page()
    await user.click(await screen.findByRole('button', { name: 'Show more' }))
    expect(await screen.findByText('An older one')).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull()
    expect(screen.getByText('2 conversations')).toBeVisible()
  })

  it('says what will appear while there is nothing', async () => {
    rows = []
    page()
    expect(await screen.findByText('No conversations yet')).toBeVisible()
    expect(screen.getByRole('link', { name: 'Start one' })).toHaveAttribute('href', '/')
  })

  it('says so where nothing is found, with a way back to everything', async () => {
    rows = []
    const { user, router } = page('/replay?text=nothing&error=1')
    expect(await screen.findByText('No conversation is like that')).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Clear the filters' }))
    expect(router.state.location.search).toBe('')
    expect(await screen.findByText('No conversations yet')).toBeVisible()
  })

  it('says what went wrong, and tries again', async () => {
    server.use(
      http.get('*/api/v1/conversations', () => refused(400, 'invalid', 'That is no date.'), { once: true }),
    )
    const { user } = page()
    expect(await screen.findByRole('alert')).toHaveTextContent('That is no date.')
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('Cancel order 1042')).toBeVisible()
  })
})

describe('the filters', () => {
  it('are in the address, and asked for as they stand there', async () => {
    page('/replay?outcome=resolved&error=1&rating=1,2')
    await screen.findByText('Cancel order 1042')
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      outcome: 'resolved',
      error: '1',
      rating: '1,2',
    })
    const set = screen.getByRole('list', { name: 'Filters that are set' })
    expect(set).toHaveTextContent('Resolved')
    expect(set).toHaveTextContent('with an error')
  })

  it('are set in their fields, and taken away with a click; back brings them back', async () => {
    const { user, router } = page()
    await screen.findByText('Cancel order 1042')
    await user.click(screen.getByRole('button', { name: 'Filters' }))
    await user.selectOptions(screen.getByLabelText('Has an approval'), 'Yes')
    await user.type(screen.getByLabelText('Tool'), 'cancel_order{Enter}')
    expect(router.state.location.search).toBe('?tool=cancel_order&approval=1')
    await user.click(screen.getByRole('button', { name: 'Remove the filter: used Cancel order' }))
    expect(router.state.location.search).toBe('?approval=1')
    await act(() => router.navigate(-1))
    expect(screen.getByLabelText('Tool')).toHaveValue('cancel_order')
  })

  it('ask how actions and calls went, by which model, and whether staff took part', async () => {
    const { user, router } = page('/replay?action=1')
    await screen.findByText('Cancel order 1042')
    await user.click(screen.getByRole('button', { name: 'Filters (1)' }))
    expect(screen.getByLabelText('Action')).toHaveDisplayValue('Proposed')
    await user.selectOptions(screen.getByLabelText('Action'), 'Failed')
    await user.selectOptions(screen.getByLabelText('Tool call'), 'Outcome not known')
    await user.selectOptions(screen.getByLabelText('Staff took part'), 'No')
    await user.selectOptions(screen.getByLabelText('Approval answered'), 'Yes')
    await user.type(screen.getByLabelText('Model'), 'small{Enter}')
    expect(router.state.location.search).toBe('?call=unknown&model=small&action=failed&decision=1&staff=0')
    await expect.poll(() => asked.at(-1)?.get('model')).toBe('small')
    for (const words of [
      'with a tool call that has no known outcome',
      'with the model small',
      'with an action that failed',
      'with an answered approval',
      'without staff',
    ])
      expect(screen.getByRole('button', { name: `Remove the filter: ${words}` })).toBeVisible()
  })

  it('say what a link from the dashboard asks for, also where no field does', async () => {
    const { user, router } = page('/replay?tool=cancel_order&call=any&model=any&first_token=1')
    await screen.findByText('Cancel order 1042')
    const set = screen.getByRole('list', { name: 'Filters that are set' })
    expect(set).toHaveTextContent('with a tool call carried out')
    await user.click(screen.getByRole('button', { name: 'Remove the filter: with a time to first token' }))
    expect(router.state.location.search).toBe('?tool=cancel_order&call=any&model=any')
  })

  it('take whole days of where one is', async () => {
    const { router, user } = page()
    await user.click(await screen.findByRole('button', { name: 'Filters' }))
    fireEvent.change(screen.getByLabelText('Until'), { target: { value: '2026-03-01' } })
    const until = new URLSearchParams(router.state.location.search).get('to')
    expect(until).toBe(new Date(2026, 2, 2).toISOString())
    expect(screen.getByLabelText('Until')).toHaveValue('2026-03-01')
  })

  it('refuse what is no amount', async () => {
    const { router, user } = page()
    await user.click(await screen.findByRole('button', { name: 'Filters' }))
    await user.type(screen.getByLabelText('Cost from, $'), 'much{Enter}')
    expect(screen.getByText('Give an amount such as 0.05')).toBeVisible()
    expect(router.state.location.search).toBe('')
  })

  it('offer what an address asks for, also where it is no usual choice', async () => {
    const { user } = page('/replay?outcome=escalated,abandoned')
    await user.click(await screen.findByRole('button', { name: 'Filters (1)' }))
    expect(
      within(screen.getByLabelText('Outcome')).getByRole('option', { selected: true }),
    ).toHaveTextContent('Handed over or Abandoned')
  })
})

describe('the search', () => {
  it('waits for the typist, asks once, and is one step back', async () => {
    const { user, router } = page()
    await screen.findByText('Cancel order 1042')
    await user.type(screen.getByRole('searchbox'), 'order 1042')
    await screen.findByText('The newest 1')
    await expect.poll(() => router.state.location.search).toBe('?text=order+1042')
    expect(asked.filter((query) => query.get('text')).length).toBeLessThan(3)
    await user.click(screen.getByRole('button', { name: 'Clear the search' }))
    await expect.poll(() => router.state.location.search).toBe('')
  })

  it('begins at once with Enter', async () => {
    const { user, router } = page()
    await user.type(screen.getByRole('searchbox'), 'mug{Enter}')
    expect(router.state.location.search).toBe('?text=mug')
  })
})
