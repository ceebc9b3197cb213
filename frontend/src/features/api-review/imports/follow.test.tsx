import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook, waitFor } from '@testing-library/react'
import { http } from 'msw'
import type { ReactNode } from 'react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { good, restServer } from '../../../testing/server'
import { applyUpdate } from './follow'
import { useJob } from './queries'
import { job } from '../fixtures'
import type { Job } from '../types'

const server = restServer()

/** A stream whose other end is the test. */
class FakeStream {
  static opened: FakeStream[] = []
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  closed = false

  constructor(readonly url: string) {
    FakeStream.opened.push(this)
  }

  close = () => {
    this.closed = true
  }

  static get last(): FakeStream {
    const last = FakeStream.opened.at(-1)
    if (!last) throw new Error('no stream was opened')
    return last
  }
}

let asked: number
let now: Job

beforeEach(() => {
  FakeStream.opened = []
  asked = 0
  now = job({ status: 'fetching', revision: 1 })
  server.use(
    http.get('*/api/v1/openapi/jobs/j1', () => {
      asked += 1
      return good(now)
    }),
  )
})

function follow() {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  )
  return { queries, ...renderHook(() => useJob('j1').data?.status, { wrapper }) }
}

describe('an import that is followed', () => {
  it('is shown as the stream tells', async () => {
    vi.stubGlobal('EventSource', FakeStream)
    const { result } = follow()
    await waitFor(() => expect(result.current).toBe('fetching'))
    expect(FakeStream.last.url).toBe('/api/v1/openapi/jobs/j1/progress')
    act(() => {
      FakeStream.last.onopen?.()
      FakeStream.last.onmessage?.({ data: JSON.stringify(job({ status: 'parsing', revision: 2 })) })
    })
    expect(result.current).toBe('parsing')
  })

  it('is let go of with the page, and once it is approved', async () => {
    vi.stubGlobal('EventSource', FakeStream)
    const { result, unmount } = follow()
    await waitFor(() => expect(result.current).toBe('fetching'))
    const stream = FakeStream.last
    act(() => stream.onmessage?.({ data: JSON.stringify(job({ status: 'failed', revision: 2 })) }))
    expect(stream.closed).toBe(false)
    act(() => stream.onmessage?.({ data: JSON.stringify(job({ status: 'approved', revision: 3 })) }))
    expect(stream.closed).toBe(true)
    stream.closed = false
    unmount()
    expect(stream.closed).toBe(true)
  })

  it('is asked for where the stream does not come through', async () => {
    vi.stubGlobal('EventSource', FakeStream)
    const { result } = follow()
    await waitFor(() => expect(result.current).toBe('fetching'))
    act(() => FakeStream.last.onopen?.())
    act(() => FakeStream.last.onerror?.())
    now = job({ status: 'classifying', revision: 2 })
    await waitFor(() => expect(result.current).toBe('classifying'), { timeout: 4000 })
    expect(asked).toBeGreaterThan(1)
  })

  it('is asked for by a browser that knows no streams', async () => {
    vi.stubGlobal('EventSource', undefined)
    const { result } = follow()
    await waitFor(() => expect(result.current).toBe('fetching'))
    now = job({ revision: 2 })
    await waitFor(() => expect(result.current).toBe('review'), { timeout: 4000 })
  })
})

describe('what the server says of an import', () => {
  function applied(before: Job | undefined, update: Job) {
    const queries = new QueryClient()
    if (before) queries.setQueryData(['imports', 'j1'], before)
    queries.setQueryData(['imports', 'j1', 'operations'], [])
    applyUpdate(queries, update)
    return {
      job: queries.getQueryData(['imports', 'j1']),
      stale: queries.getQueryState(['imports', 'j1', 'operations'])?.isInvalidated,
    }
  }

  it('makes its operations be asked for anew where somebody changed them', () => {
    const update = job({ revision: 8 })
    expect(applied(job({ revision: 7 }), update)).toEqual({ job: update, stale: true })
  })

  it('does not where only the progress moved', () => {
    const update = job({ revision: 7, progress: { done: 1, total: 2, note: '' } })
    expect(applied(job({ revision: 7 }), update)).toEqual({ job: update, stale: false })
  })

  it('does where the import is ready now', () => {
    const update = job({ revision: 7, status: 'review' })
    expect(applied(job({ revision: 7, status: 'classifying' }), update)).toEqual({ job: update, stale: true })
  })

  it('that was overtaken changes nothing', () => {
    const newer = job({ revision: 9 })
    expect(applied(newer, job({ revision: 8 }))).toEqual({ job: newer, stale: false })
  })
})
