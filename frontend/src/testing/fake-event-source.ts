// Fake of the browser's `EventSource`.
import { beforeEach, vi } from 'vitest'

/** The browser's end of a stream of events, in the hands of the test. */
export class FakeEventSource {
  static readonly CLOSED = 2
  readyState = 0
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onerror: (() => void) | null = null

  constructor(readonly address: string) {
    all.push(this)
  }

  emit(data: unknown) {
    this.onmessage?.({ data: JSON.stringify(data) })
  }

  /** The line breaks; where the server refused it, the browser leaves it at that. */
  break({ refused = false } = {}) {
    if (refused) this.readyState = FakeEventSource.CLOSED
    this.onerror?.()
  }

  close() {
    this.readyState = FakeEventSource.CLOSED
  }
}

let all: FakeEventSource[] = []

/** Streams that the tests of one file speak through; the ones that are open, oldest first. */
export function fakeEventSources(): () => FakeEventSource[] {
  beforeEach(() => {
    all = []
    vi.stubGlobal('EventSource', FakeEventSource)
  })
  return () => all.filter((stream) => stream.readyState !== FakeEventSource.CLOSED)
}
