import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child } from './child'

const ROOT = join(import.meta.dirname, '../../..')
const DIST = join(ROOT, 'frontend/dist')

/** All of Smart Support, as it is deployed: nginx with its real configuration before the real backend. */
export class Stack {
  private backend: Child | null = null
  private nginx: Child | null = null
  private signInPath = ''

  private constructor(
    private readonly folder: string,
    private readonly backendPort: number,
    private readonly port: number,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async start(env: NodeJS.ProcessEnv = {}): Promise<Stack> {
    if (!existsSync(join(DIST, 'index.html')))
      throw new Error('The page is not built. Run `npm run build` first.')
    const folder = mkdtempSync(join(tmpdir(), 'smart-support-e2e-'))
    const stack = new Stack(folder, await freePort(), await freePort(), env)
    try {
      await Promise.all([stack.startBackend(), stack.startNginx()])
    } catch (error) {
      await stack.stop()
      throw error
    }
    return stack
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** The one-time sign-in link, as nginx serves it. */
  get signInLink(): string {
    return this.url + this.signInPath
  }

  /** What the backend has written since it last started. */
  get log(): string {
    return this.backend?.output ?? ''
  }

  async startBackend(more: NodeJS.ProcessEnv = {}): Promise<void> {
    const cwd = join(ROOT, 'backend')
    this.backend = new Child(join(cwd, '.venv/bin/python'), ['-m', 'app.cli', 'serve'], {
      cwd,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        HOST: '127.0.0.1',
        PORT: String(this.backendPort),
        DATA_DIR: join(this.folder, 'data'),
        TRUSTED_PROXIES: '127.0.0.1',
        TURN_LEASE_SECONDS: '2',
        ...this.env,
        ...more,
      },
    })
    const [, path] = await this.backend.says(/http:\/\/[^/\s]+(\/sign-in#code=\S+)/)
    this.signInPath = path ?? ''
  }

  /** Write conversations of the demo, as `make demo` does. */
  seed(conversations: number): void {
    const args = ['-m', 'demo_data', '--conversations', String(conversations)]
    const cwd = join(ROOT, 'backend')
    const env = { ...process.env, DATA_DIR: join(this.folder, 'data'), ...this.env }
    execFileSync(join(cwd, '.venv/bin/python'), args, { cwd, env, stdio: 'pipe' })
  }

  /** `kill -9`: no farewell, nothing written down. */
  async killBackend(): Promise<void> {
    await this.backend?.kill()
    this.backend = null
  }

  async stopBackend(): Promise<void> {
    await this.backend?.stop()
    this.backend = null
  }

  async startNginx(): Promise<void> {
    const args = [join(ROOT, 'nginx/local.sh'), String(this.backendPort), String(this.port), DIST]
    this.nginx = new Child('sh', [...args, join(this.folder, 'nginx')], { cwd: ROOT, env: process.env })
    await until(async () => (await fetch(this.url)).ok)
  }

  /** Cut every connection, and refuse new ones. */
  async stopNginx(): Promise<void> {
    await this.nginx?.stop()
    this.nginx = null
  }

  /** Where one of the demo's services is: `shop`, `saas` or `bank`. */
  demo(service: string): string {
    const port = readFileSync(join(this.folder, 'data/demo/port'), 'utf8').trim()
    return `http://127.0.0.1:${port}/${service}`
  }

  /** What the demo shop itself says of an order. */
  async order(id: number): Promise<{ status: string; refunded: number }> {
    const answer = await fetch(`${this.demo('shop')}/orders/${id}`)
    return (await answer.json()) as { status: string; refunded: number }
  }

  /** End everything that was started, whatever state it is in. */
  async stop(): Promise<void> {
    // A database outlives a backend that was killed; the next start adopts it, and its end stops it.
    if (this.backend === null && existsSync(join(this.folder, 'data/postgres'))) {
      await this.startBackend().catch(() => undefined)
    }
    await this.stopNginx()
    await this.stopBackend()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function until(check: () => Promise<boolean>, ms = 10_000): Promise<void> {
  const end = Date.now() + ms
  while (!(await check().catch(() => false))) {
    if (Date.now() > end) throw new Error('nginx does not answer')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
