// Fixtures for tests of this feature: operations, imports, APIs.
import type { Api, Job, JobAgent, Operation, Scheme } from './types'

// Made-up imports for the tests of this feature.

export const AT = '2026-03-01T10:00:00Z'

export function operation(some: Partial<Operation> = {}): Operation {
  const idx = some.idx ?? 0
  return {
    idx,
    revision: 1,
    key: `GET /things/${idx}`,
    method: 'GET',
    server: '',
    path: `/things/${idx}`,
    name: `get_thing_${idx}`,
    title: `Show thing ${idx}`,
    description: 'Shows a thing.',
    tags: ['things'],
    deprecated: false,
    agent: 'things',
    access: 'read',
    consent: 'nobody',
    customer_params: [],
    bound: {},
    arguments: [],
    idempotency: false,
    twin: null,
    confidence: 0.9,
    evidence: [{ kind: 'verb', text: 'GET should only read.', points_to: 'read' }],
    tokens: 100,
    enabled: true,
    edited: [],
    edited_by: null,
    change: null,
    changes: [],
    warnings: [],
    ...some,
  }
}

export const READ = operation({ idx: 0, path: '/orders/{id}', name: 'get_order', title: 'Show an order' })
export const WRITE = operation({
  idx: 1,
  method: 'POST',
  path: '/orders/{id}/cancel',
  name: 'cancel_order',
  title: 'Cancel an order',
  description: 'Stops an order before it is sent.',
  agent: 'orders',
  access: 'write',
  consent: 'customer',
  confidence: 0.8,
  tokens: 200,
  customer_params: ['id'],
  arguments: [
    { name: 'id', place: 'path', required: true, type: 'integer', description: 'Which order.' },
    { name: 'customer_id', place: 'query', required: true, type: 'string', description: 'Whose.' },
  ],
  bound: { customer_id: 'sub' },
})
export const DESTRUCTIVE = operation({
  idx: 2,
  method: 'DELETE',
  path: '/customers/{id}',
  name: 'delete_customer',
  title: 'Delete a customer',
  agent: 'orders',
  access: 'destructive',
  consent: 'both',
  confidence: 0.5,
  tokens: 50,
  enabled: false,
})

export function job(some: Partial<Job> = {}): Job {
  return {
    id: 'j1',
    api: { id: 'a1', name: 'shop', title: 'Demo shop' },
    status: 'review',
    progress: { done: 0, total: 0, note: '' },
    error: null,
    warnings: [],
    skipped: [],
    source: { kind: 'url', name: 'https://shop.example/openapi.json' },
    dialect: '3.1.0',
    api_version: '1.2',
    counts: {
      operations: 3,
      read: 1,
      write: 1,
      destructive: 1,
      doubtful: 1,
      tokens: 350,
      added: 0,
      removed: 0,
      changed: 0,
      riskier: 0,
      edited: 0,
      enabled: 2,
    },
    previous: null,
    revision: 7,
    created_at: AT,
    created_by: 'admin',
    updated_at: AT,
    approved_at: null,
    approved_by: null,
    ...some,
  }
}

export function scheme(some: Partial<Scheme> = {}): Scheme {
  return {
    name: 'key',
    kind: 'apiKey',
    place: 'header',
    parameter: 'X-Api-Key',
    description: '',
    authorization_url: '',
    token_url: '',
    scopes: [],
    added: false,
    set: false,
    entered_for: null,
    set_at: null,
    set_by: null,
    ...some,
  }
}

export function api(some: Partial<Api> = {}): Api {
  return {
    id: 'a1',
    name: 'shop',
    title: 'Demo shop',
    base_url: 'https://shop.example/v1',
    servers: ['https://shop.example/v1'],
    source: { kind: 'url', name: 'https://shop.example/openapi.json' },
    limits: { read_seconds: 10, write_seconds: 30, concurrency: 8, per_second: 10 },
    schemes: [],
    tools: 0,
    live_job: null,
    fault: null,
    updated_at: AT,
    ...some,
  }
}

export function jobAgent(some: Partial<JobAgent> = {}): JobAgent {
  return {
    name: 'orders',
    title: 'Orders',
    description: 'Looks after orders.',
    permission: 'write',
    tone: 'friendly',
    instructions: '',
    exists: false,
    operations: 2,
    ...some,
  }
}
