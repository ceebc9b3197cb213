import { act, screen, waitFor } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { show } from '../../../testing/render'
import { good, restServer } from '../../../testing/server'
import { DashboardPage } from './dashboard-page'
import { series, withFigure } from './fixtures'

vi.mock('../trends/trend-chart', () => ({ default: () => null }))
// Everything is on one page, and jsdom is slow to find its way in it.
vi.setConfig({ testTimeout: 20_000 })

/** The browser's end of the stream, in the hands of the test. */
class Stream {
  static readonly CLOSED = 2
  static all: Stream[] = []
  readyState = 0
  onopen: (() => void) | null = null
  onmessage: (() => void) | null = null
  onerror: (() => void) | null = null

  constructor(readonly address: string) {
    Stream.all.push(this)
  }

  close() {
    this.readyState = Stream.CLOSED
  }
}

const server = restServer()
let value = 41

function stream(): Stream {
  const [sources] = Stream.all.slice(-1)
  if (sources === undefined) throw new Error('The page does not listen.')
  return sources
}

beforeEach(() => {
  value = 41
  Stream.all = []
  vi.stubGlobal('EventSource', Stream)
  server.use(
    http.get('*/api/v1/analytics', () => good(withFigure('conversations', { value }))),
    http.get('*/api/v1/analytics/timeseries', () => good(series('conversations'))),
  )
})

describe('the figures while conversations happen', () => {
  it('move without a reload when the server says that they have changed', async () => {
    show(<DashboardPage />)
    expect(await screen.findByLabelText(/^Conversations: 41\./)).toBeVisible()
    expect(stream().address).toBe('/api/v1/analytics/live')
    expect(screen.getByText(/Asked for every few seconds/)).toBeVisible()
    act(() => stream().onopen?.())
    expect(screen.getByText(/^Live/)).toHaveTextContent(/last change/)
    value = 42
    act(() => stream().onmessage?.())
    const moved = await screen.findByLabelText(/^Conversations: 42\./)
    expect(moved.firstChild).toHaveAttribute('data-moved', 'true')
  })

  it('say when nobody tells of changes any more', async () => {
    show(<DashboardPage />)
    await screen.findByLabelText(/^Conversations: 41\./)
    act(() => stream().onopen?.())
    act(() => stream().onerror?.())
    expect(screen.getByText(/Asked for every few seconds/)).toBeVisible()
  })

  it('listen no longer than the page is shown', async () => {
    const { unmount } = show(<DashboardPage />)
    await screen.findByLabelText(/^Conversations: 41\./)
    unmount()
    await waitFor(() => expect(stream().readyState).toBe(Stream.CLOSED))
  })
})
