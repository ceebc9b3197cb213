import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Throttle } from './throttle'

describe('what is asked for at most so often', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is done at once, then once for all that came meanwhile, and rests when nothing comes', () => {
    const run = vi.fn()
    const throttle = new Throttle(run, 1000)
    for (let at = 0; at < 5; at += 1) throttle.call()
    expect(run).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(1000)
    expect(run).toHaveBeenCalledTimes(2)
    vi.advanceTimersByTime(5000)
    expect(run).toHaveBeenCalledTimes(2)
    throttle.call()
    expect(run).toHaveBeenCalledTimes(3)
  })

  it('is not done any more after it was stopped', () => {
    const run = vi.fn()
    const throttle = new Throttle(run, 1000)
    throttle.call()
    throttle.call()
    throttle.stop()
    vi.advanceTimersByTime(5000)
    expect(run).toHaveBeenCalledTimes(1)
  })
})
