import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An API whose document the test writes: it can change, be broken, and be slow to come. */
export class DocumentServer {
  document = ''
  /** While it holds, whoever asks for the document waits. */
  holds = false
  /** The headers of every call of the API itself, the newest last. */
  readonly calls: NodeJS.Dict<string | string[]>[] = []
  private readonly waiting: ServerResponse[] = []
  private readonly server: Server

  private constructor() {
    this.server = createServer((request, response) => {
      if (request.url === '/openapi.yaml') {
        this.waiting.push(response)
        if (!this.holds) this.release()
        return
      }
      this.calls.push(request.headers)
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify({ path: request.url, status: 'ready' }))
    })
  }

  static async start(): Promise<DocumentServer> {
    const made = new DocumentServer()
    await new Promise<void>((resolve) => made.server.listen(0, '127.0.0.1', resolve))
    return made
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  get url(): string {
    return `http://${this.host}/openapi.yaml`
  }

  /** Let everybody have the document as it is now. */
  release(): void {
    this.holds = false
    for (const response of this.waiting.splice(0)) response.end(this.document)
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

export interface Described {
  method: string
  path: string
  summary: string
  id: string
}

/** A document of these operations, each of which wants a key. */
export function describeApi(title: string, operations: readonly Described[]): string {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const { method, path, summary, id } of operations) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    paths[path] = {
      ...paths[path],
      [method]: {
        operationId: id,
        summary,
        parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
        responses: { 200: { description: 'Done.' } },
      },
    }
  }
  return JSON.stringify({
    openapi: '3.1.0',
    info: { title, version: '1' },
    security: [{ key: [] }],
    components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Api-Key' } } },
    paths,
  })
}
