import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { good, refused, restServer } from '../testing/server'
import { ApiError, request } from './client'
import { shouldRetry } from './query-client'

const server = restServer()

async function failure(): Promise<ApiError> {
  const error: unknown = await request('GET', '/thing').catch((caught: unknown) => caught)
  if (!(error instanceof ApiError)) throw new Error('it did not fail')
  return error
}

describe('a request', () => {
  it('gives the data of the envelope', async () => {
    server.use(http.get('*/api/v1/thing', () => good({ n: 1 })))
    expect(await request('GET', '/thing')).toEqual({ n: 1 })
  })

  it('sends a body as JSON', async () => {
    server.use(http.post('*/api/v1/thing', async ({ request: sent }) => good(await sent.json())))
    expect(await request('POST', '/thing', { a: 'ü' })).toEqual({ a: 'ü' })
  })

  it('sends a form with its files as the browser writes it', async () => {
    server.use(
      http.put('*/api/v1/thing', async ({ request: sent }) => {
        const text = await sent.text()
        return good({
          type: sent.headers.get('content-type')?.split(';')[0],
          named: text.includes('name="name"'),
        })
      }),
    )
    const form = new FormData()
    form.set('name', 'shop')
    expect(await request('PUT', '/thing', form)).toEqual({ type: 'multipart/form-data', named: true })
  })

  it('refused says why, in the words of the server', async () => {
    server.use(http.get('*/api/v1/thing', () => refused(409, 'action_settled', 'It has been recorded.')))
    expect(await failure()).toMatchObject({
      status: 409,
      code: 'action_settled',
      message: 'It has been recorded.',
    })
  })

  it('that nobody answers says what to do', async () => {
    server.use(http.get('*/api/v1/thing', () => HttpResponse.error()))
    expect(await failure()).toMatchObject({ status: 0, code: 'no_answer' })
  })

  it('answered by a proxy in its own words is not taken for data', async () => {
    server.use(
      http.get('*/api/v1/thing', () => HttpResponse.text('<h1>502 Bad Gateway</h1>', { status: 502 })),
    )
    expect((await failure()).message).toContain('cannot be reached')
    server.use(http.get('*/api/v1/thing', () => HttpResponse.text('hello')))
    expect((await failure()).message).toContain('makes no sense')
  })
})

describe('a query', () => {
  it('is asked again where nobody answered, a few times, and never where it was refused', () => {
    const away = new ApiError(503, 'unavailable', 'Away.')
    expect([0, 2, 3].map((failures) => shouldRetry(failures, away))).toEqual([true, true, false])
    expect(shouldRetry(0, new ApiError(403, 'origin_refused', 'No.'))).toBe(false)
    expect(shouldRetry(0, new Error('a stranger'))).toBe(true)
  })
})
