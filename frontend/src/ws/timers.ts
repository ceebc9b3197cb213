// Named timers on a clock that is handed in.
import type { Clock } from './types'

/** A few timers by name; starting one again takes the place of the earlier. */
export class Timers<Name extends string> {
  private readonly running = new Map<Name, unknown>()

  constructor(private readonly clock: Clock) {}

  start(name: Name, ms: number, call: () => void): void {
    this.stop(name)
    const timer = this.clock.setTimeout(() => {
      this.running.delete(name)
      call()
    }, ms)
    this.running.set(name, timer)
  }

  /** Start it unless it is running already. */
  startOnce(name: Name, ms: number, call: () => void): void {
    if (!this.running.has(name)) this.start(name, ms, call)
  }

  stop(name: Name): void {
    this.clock.clearTimeout(this.running.get(name))
    this.running.delete(name)
  }

  stopAll(): void {
    for (const name of this.running.keys()) this.stop(name)
  }
}
