// Query client with the product's retry policy.
import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './client'

const TRIES = 3

/** A refusal stands; only a server that did not answer is asked again. */
export function shouldRetry(failures: number, error: Error): boolean {
  const refused = error instanceof ApiError && error.status >= 400 && error.status < 500
  return !refused && failures < TRIES
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { retry: shouldRetry, staleTime: 30_000 } },
  })
}
