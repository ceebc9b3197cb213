import { MantineProvider } from '@mantine/core'
import { act, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Status } from '../../ws/types'
import { ConnectionBanner } from './connection-banner'

const cut = (more = {}): Status => ({
  is: 'reconnecting',
  nextAt: Date.now() + 3000,
  offline: false,
  ...more,
})

function banner(...statuses: Status[]) {
  const onReconnect = vi.fn()
  const node = (status: Status) => (
    <MantineProvider env="test">
      <ConnectionBanner status={status} onReconnect={onReconnect} />
    </MantineProvider>
  )
  const [first = { is: 'idle' as const }, ...rest] = statuses
  const { rerender, container } = render(node(first))
  for (const status of rest) rerender(node(status))
  return { onReconnect, container, next: (status: Status) => rerender(node(status)) }
}

function pass(ms: number): void {
  act(() => {
    vi.advanceTimersByTime(ms)
  })
}

describe('the banner', () => {
  beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }))
  afterEach(() => vi.useRealTimers())

  it('says nothing while there is nothing to say', () => {
    for (const status of [
      { is: 'idle' },
      { is: 'connecting', again: false },
      { is: 'open' },
    ] satisfies Status[]) {
      expect(banner(status).container.querySelector('section')).toBeNull()
    }
  })

  it('counts down to the next attempt, which can be had at once', async () => {
    const { onReconnect } = banner({ is: 'open' }, cut())
    expect(screen.getByText('Connection lost.')).toBeVisible()
    expect(screen.getByText(/Trying again in 3 s\./)).toBeVisible()
    pass(1100)
    expect(screen.getByText(/Trying again in 2 s\./)).toBeVisible()
    await userEvent.setup({ advanceTimers: vi.advanceTimersByTime }).click(screen.getByText('Try now'))
    expect(onReconnect).toHaveBeenCalledOnce()
  })

  it('tells apart a lost line, a server that never answered, and a device without a network', () => {
    banner(cut())
    expect(screen.getByText('The server cannot be reached.')).toBeVisible()
    banner({ is: 'open' }, cut({ offline: true }))
    expect(screen.getByText('This device is offline.')).toBeVisible()
  })

  it('says that it is connected again, then goes away', () => {
    const { next, container } = banner({ is: 'open' }, cut(), { is: 'connecting', again: true })
    expect(screen.getByText('Connecting again…')).toBeVisible()
    next({ is: 'open' })
    expect(screen.getByText('Connected again.')).toBeVisible()
    pass(3100)
    expect(container.querySelector('section')).toBeNull()
  })

  it('gives the reason of a refusal, and no false hope', () => {
    banner({ is: 'refused', message: 'Requests from other sites are not accepted.' })
    expect(screen.getByRole('alert')).toHaveTextContent('not accepted')
    expect(screen.queryByRole('button')).toBeNull()
  })
})
