import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

const STOP_MS = 15_000 // the backend finishes what it is doing, then stops its database
const START_MS = 90_000 // a machine that is busy with other things is slow, not wrong

/** A program that a test started. What it says is kept, to be shown when something fails. */
export class Child {
  output = ''
  private readonly process: ChildProcess
  private readonly ended: Promise<unknown>

  constructor(command: string, args: readonly string[], options: { cwd: string; env?: NodeJS.ProcessEnv }) {
    this.process = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    this.ended = once(this.process, 'exit')
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()))
    }
  }

  /** Wait until it has said something, or fail with all that it said. */
  async says(pattern: RegExp, ms = START_MS): Promise<RegExpExecArray> {
    const end = Date.now() + ms
    while (Date.now() < end && this.process.exitCode === null) {
      const match = pattern.exec(this.output)
      if (match) return match
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`It did not say ${pattern}, but:\n${this.output}`)
  }

  /** End it now, as a crash or a power cut would. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL')
    await this.ended
  }

  /** Ask it to end, and make sure that it does. */
  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    this.process.kill('SIGTERM')
    const timer = setTimeout(() => this.process.kill('SIGKILL'), STOP_MS)
    await this.ended
    clearTimeout(timer)
  }
}
