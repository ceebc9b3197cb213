import { beforeEach, describe, expect, it, vi } from 'vitest'
import { frames } from '../../../testing/frames'
import { follow, type Stream } from './follow'
import { WATCH_AGAIN_MS } from '../limits'
import { stepOf } from '../fixtures'

class FakeStream implements Stream {
  readyState = 0
  onopen: Stream['onopen'] = null
  onerror: Stream['onerror'] = null
  onmessage: Stream['onmessage'] = null
  closed = false

  constructor(readonly url: string) {}

  close = () => {
    this.closed = true
  }

  send(seq: number) {
    const data = JSON.stringify(stepOf(frames.feedback(5), seq, seq))
    this.onmessage?.(new MessageEvent('message', { data }))
  }

  fail(readyState: number) {
    this.readyState = readyState
    this.onerror?.(new Event('error'))
  }
}

let streams: FakeStream[]
let received: number[][]
let open: boolean[]
let later: (() => void)[]

function watch(after = 7) {
  return follow({
    threadId: 't1',
    after,
    onSteps: (steps) => received.push(steps.map((step) => step.seq)),
    onOpen: (now) => open.push(now),
    openStream: (url) => {
      const stream = new FakeStream(url)
      streams.push(stream)
      return stream
    },
    soon: (call) => later.push(call),
  })
}

const pause = () => {
  for (const call of later.splice(0)) call()
}

beforeEach(() => {
  streams = []
  received = []
  open = []
  later = []
  vi.useFakeTimers()
  return () => vi.useRealTimers()
})

describe('watching', () => {
  it('begins after the last step that is known', () => {
    watch(7)
    expect(streams.map((stream) => stream.url)).toEqual(['/api/v1/replay/t1/live?after=7'])
  })

  it('tells steps together that come together, each once', () => {
    watch(7)
    streams[0]?.onopen?.(new Event('open'))
    for (const seq of [8, 9, 9, 7]) streams[0]?.send(seq)
    expect(received).toEqual([])
    pause()
    streams[0]?.send(10)
    pause()
    expect(received).toEqual([[8, 9], [10]])
    expect(open).toEqual([true])
  })

  it('lets the browser connect again where the line broke', () => {
    watch()
    streams[0]?.fail(0)
    vi.advanceTimersByTime(10 * WATCH_AGAIN_MS)
    expect(streams).toHaveLength(1)
    expect(open).toEqual([false])
  })

  it('connects again itself where the server refused, after the last step that came', () => {
    watch(7)
    streams[0]?.send(12)
    pause()
    streams[0]?.fail(2)
    vi.advanceTimersByTime(WATCH_AGAIN_MS)
    expect(streams.map((stream) => stream.url.split('=')[1])).toEqual(['7', '12'])
    expect(streams[0]?.closed).toBe(true)
  })

  it('is over when it is called off, also what was about to be told', () => {
    const stop = watch(7)
    streams[0]?.send(8)
    streams[0]?.fail(2)
    stop()
    pause()
    vi.advanceTimersByTime(10 * WATCH_AGAIN_MS)
    expect(received).toEqual([])
    expect(streams).toHaveLength(1)
    expect(open.at(-1)).toBe(false)
  })
})
