import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How the model behaves: it answers, refuses the key, says nothing, or breaks off in the middle. */
type Behaviour = 'answers' | 'refuses' | 'silent' | 'breaks'

const ANSWER = 'Refunds reach your account within five days.'

/** A small server that speaks as OpenAI's does, as far as one plain answer needs it. */
export class ModelServer {
  behaviour: Behaviour = 'answers'
  private readonly server: Server

  private constructor() {
    this.server = createServer((request, response) => void this.answer(request, response))
  }

  static async start(): Promise<ModelServer> {
    const model = new ModelServer()
    await new Promise<void>((resolve) => model.server.listen(0, '127.0.0.1', resolve))
    return model
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request)
    if (this.behaviour === 'refuses') {
      reply(response, 401, { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } })
      return
    }
    if (this.behaviour === 'silent') return
    if (!request.url?.endsWith('/chat/completions')) {
      reply(response, 200, { object: 'list', data: [{ id: 'test-model', object: 'model' }] })
      return
    }
    const routes = body.includes('"response_format"') || body.includes('"route"')
    const text = routes
      ? JSON.stringify({
          intents: [{ agent: 'general', request: 'policy', confidence: 0.95, reason: 'policy' }],
        })
      : ANSWER
    if (body.includes('"stream":true') || body.includes('"stream": true'))
      await this.stream(response, text, routes)
    else
      reply(
        response,
        200,
        completion({ message: { role: 'assistant', content: text }, finish_reason: 'stop' }),
      )
  }

  private async stream(response: ServerResponse, text: string, routes: boolean): Promise<void> {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    for (const [index, word] of text.split(/(?<= )/).entries()) {
      if (this.behaviour === 'breaks' && !routes && index === 3) {
        response.destroy()
        return
      }
      send(response, completion({ delta: { role: 'assistant', content: word }, finish_reason: null }))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    send(response, completion({ delta: {}, finish_reason: 'stop' }))
    response.end('data: [DONE]\n\n')
  }
}

function completion(choice: Record<string, unknown>) {
  return {
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'test-model',
    choices: [{ index: 0, ...choice }],
  }
}

function send(response: ServerResponse, value: unknown): void {
  response.write(`data: ${JSON.stringify(value)}\n\n`)
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(value))
}

async function read(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}
