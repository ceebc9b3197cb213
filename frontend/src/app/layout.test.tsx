import { act, screen, waitFor } from '@testing-library/react'
import { http } from 'msw'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { refreshSession } from '../api/session'
import { usePendingApprovals } from '../api/pending-approvals'
import { show } from '../testing/render'
import { good, restServer, SESSION } from '../testing/server'
import { fakeEventSources, type FakeEventSource } from '../testing/fake-event-source'
import { Layout } from './layout'
import { titleOf } from './page-title'

const server = restServer()
const streams = fakeEventSources()
let staff = true

beforeEach(() => {
  staff = true
  server.use(http.get('*/api/v1/session', () => good({ ...SESSION, staff })))
})
afterEach(() => {
  vi.useRealTimers()
  look('visible')
})

function Live() {
  return <p>{usePendingApprovals().live ? 'heard at once' : 'asked for'}</p>
}

async function open() {
  const shown = show(
    <Layout>
      <Live />
    </Layout>,
  )
  await waitFor(() => expect(streams()).toHaveLength(1))
  return { ...shown, stream: streams()[0] as FakeEventSource }
}

function look(state: 'hidden' | 'visible') {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
  act(() => void document.dispatchEvent(new Event('visibilitychange')))
}

describe('the way to the approvals', () => {
  it('says how many wait, as it changes, and nothing where none do', async () => {
    const { stream } = await open()
    expect(stream.address).toBe('/api/v1/approvals/live')
    const link = screen.getByRole('link', { name: 'Approvals' })
    act(() => stream.emit({ waiting: 3 }))
    expect(link).toHaveAccessibleName('Approvals 3 wait for a decision')
    expect(screen.getByText('3')).toBeVisible()
    act(() => stream.emit({ waiting: 1 }))
    expect(link).toHaveAccessibleName('Approvals 1 waits for a decision')
    act(() => stream.emit({ waiting: 0 }))
    expect(link).toHaveAccessibleName('Approvals')
    expect(link).toHaveTextContent(/^Approvals$/)
  })

  it('stays small, while the words say the whole number', async () => {
    const { stream } = await open()
    act(() => stream.emit({ waiting: 1200 }))
    expect(screen.getByText('99+')).toBeVisible()
    expect(screen.getByRole('link', { name: 'Approvals 1200 wait for a decision' })).toBeVisible()
  })

  it('is neither shown to customers nor asked for in their name', async () => {
    staff = false
    show(<Layout>a chat</Layout>)
    expect(await screen.findByText('demo model')).toBeVisible()
    expect(screen.queryByRole('link', { name: /Approvals/ })).toBeNull()
    expect(streams()).toEqual([])
  })

  it('keeps what it heard last while the line is down, and says that it is not live', async () => {
    const { stream } = await open()
    expect(screen.getByText('asked for')).toBeVisible()
    act(() => stream.emit({ waiting: 2 }))
    expect(screen.getByText('heard at once')).toBeVisible()
    act(() => stream.break())
    expect(screen.getByText('asked for')).toBeVisible()
    expect(screen.getByRole('link', { name: 'Approvals 2 wait for a decision' })).toBeVisible()
    // The browser connects again by itself.
    act(() => stream.emit({ waiting: 4 }))
    expect(screen.getByText('heard at once')).toBeVisible()
  })

  it('is opened again after the server refused it', async () => {
    const { stream } = await open()
    vi.useFakeTimers()
    act(() => stream.break({ refused: true }))
    expect(streams()).toEqual([])
    act(() => void vi.advanceTimersByTime(10_000))
    expect(streams()).toHaveLength(1)
  })

  it('holds no line to the server from a tab in the background', async () => {
    const { stream } = await open()
    act(() => stream.emit({ waiting: 2 }))
    look('hidden')
    expect(streams()).toEqual([])
    look('visible')
    expect(streams()).toHaveLength(1)
    act(() => streams()[0]?.emit({ waiting: 5 }))
    expect(screen.getByRole('link', { name: 'Approvals 5 wait for a decision' })).toBeVisible()
  })

  it('has every list of approvals asked for anew with a change', async () => {
    const { stream, queries } = await open()
    queries.setQueryData(['approvals', 'waiting'], [])
    act(() => stream.emit({ waiting: 1 }))
    expect(queries.getQueryState(['approvals', 'waiting'])?.isInvalidated).toBe(true)
  })

  it('is gone, and listens no more, once signed out', async () => {
    const { stream, queries } = await open()
    act(() => stream.emit({ waiting: 2 }))
    staff = false
    await act(() => refreshSession(queries))
    await waitFor(() => expect(streams()).toEqual([]))
    expect(screen.queryByRole('link', { name: /Approvals/ })).toBeNull()
    expect(screen.getByText('asked for')).toBeVisible()
  })
})

describe('the frame', () => {
  it('names the page in the browser’s tab, and the product alone in the chat', async () => {
    show(<Layout>a page</Layout>, { at: '/apis/agents' })
    await waitFor(() => expect(document.title).toBe(`Agents · ${SESSION.product}`))
    expect(titleOf('/apis/jobs/7', 'Acme')).toBe('Import · Acme')
    expect(titleOf('/c/t1', 'Acme')).toBe('Acme')
    expect(titleOf('/modelling', 'Acme')).toBe('Acme')
  })

  it('shows the current page in a bar that is too narrow', async () => {
    vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(function (this: Element) {
      const current = this.getAttribute('aria-current') === 'page'
      return current ? new DOMRect(500, 0, 60, 30) : new DOMRect(0, 0, 360, 30)
    })
    show(<Layout>a page</Layout>, { at: '/model' })
    const bar = await screen.findByRole('navigation', { name: 'Staff' })
    expect(bar.scrollLeft).toBe(350)
    vi.restoreAllMocks()
  })
})
