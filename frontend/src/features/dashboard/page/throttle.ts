// Throttle with a trailing call.
/** Runs at once, then at most once in `ms`, and never forgets the last call. */
export class Throttle {
  private timer: ReturnType<typeof setTimeout> | null = null
  private again = false

  constructor(
    private readonly run: () => void,
    private readonly ms: number,
  ) {}

  call(): void {
    if (this.timer !== null) {
      this.again = true
      return
    }
    this.run()
    this.timer = setTimeout(() => this.afterRest(), this.ms)
  }

  /** Forget what has not run yet. */
  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    this.again = false
  }

  private afterRest(): void {
    this.timer = null
    if (!this.again) return
    this.again = false
    this.call()
  }
}
