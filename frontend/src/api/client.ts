// REST client: one request, its envelope taken off; every failure is an `ApiError` with a sentence to show.
/** A refusal by the server, or no answer at all, with a plain sentence to show. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

interface Envelope {
  success: boolean
  data: unknown
  error: { code: string; message: string; details?: Record<string, unknown> } | null
}

/** Where the REST API lives; an `EventSource` asks there without `request`. */
export const BASE = '/api/v1'
const NO_ANSWER = 'The server cannot be reached. Check your connection and try again.'
const NO_SENSE = 'The server answered in a way that makes no sense. Please try again in a moment.'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Ask the REST API; the data of its envelope, or an `ApiError`. A `FormData` is sent as a form with files; `signal` takes it back. */
export async function request<T>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  // The browser itself writes the content type of a form: it holds the boundary between the parts.
  const form = body instanceof FormData
  const response = await fetch(BASE + path, {
    method,
    credentials: 'same-origin',
    headers: {
      Accept: 'application/json',
      ...(body === undefined || form ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch(() => {
    throw new ApiError(0, 'no_answer', NO_ANSWER)
  })
  const envelope = (await response.json().catch(() => null)) as Envelope | null
  if (envelope?.success) return envelope.data as T
  const error = envelope?.error
  if (!error) {
    // A proxy answers for a server that is down, in its own words.
    throw new ApiError(response.status, 'no_answer', response.status >= 502 ? NO_ANSWER : NO_SENSE)
  }
  throw new ApiError(response.status, error.code, error.message, error.details)
}
