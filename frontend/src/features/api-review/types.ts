/** What the server says of an import, its operations and its API. */

export type Access = 'read' | 'write' | 'destructive'
export type Consent = 'nobody' | 'customer' | 'operator' | 'both'
export type Change = 'same' | 'added' | 'removed' | 'changed' | 'riskier'
export type Status = 'pending' | 'fetching' | 'parsing' | 'classifying' | 'review' | 'approved' | 'failed'

export interface Note {
  place: string
  message: string
}

export interface Counts {
  operations: number
  read: number
  write: number
  destructive: number
  doubtful: number
  tokens: number
  added: number
  removed: number
  changed: number
  riskier: number
  edited: number
  enabled: number
}

export interface Job {
  id: string
  api: { id: string; name: string; title: string }
  status: Status
  progress: { done: number; total: number; note: string }
  error: { code: string; message: string; place: string } | null
  warnings: Note[]
  skipped: Note[]
  source: { kind: 'url' | 'file' | 'text'; name: string }
  dialect: string
  api_version: string
  counts: Counts
  previous: string | null
  revision: number
  created_at: string
  created_by: string
  updated_at: string
  approved_at: string | null
  approved_by: string | null
}

export interface Evidence {
  kind: string
  text: string
  points_to: Access | ''
}

export interface Argument {
  name: string
  place: string
  required: boolean
  type: string
  description: string
}

export interface Operation {
  idx: number
  revision: number
  key: string
  method: string
  path: string
  name: string
  title: string
  description: string
  tags: string[]
  deprecated: boolean
  agent: string
  access: Access
  consent: Consent
  customer_params: string[]
  bound: Record<string, string>
  arguments: Argument[]
  idempotency: boolean
  twin: string | null
  confidence: number
  evidence: Evidence[]
  tokens: number
  enabled: boolean
  edited: string[]
  edited_by: string | null
  change: Change | null
  changes: string[]
  warnings: Note[]
}

/** What a person may change of an operation. */
export type Edit = Partial<
  Pick<
    Operation,
    | 'access'
    | 'consent'
    | 'agent'
    | 'customer_params'
    | 'bound'
    | 'enabled'
    | 'title'
    | 'description'
    | 'twin'
  >
>

export type SchemeKind = 'apiKey' | 'basic' | 'bearer' | 'oauth2' | 'unsupported'

/** A way to prove to an API who is calling. */
export interface Scheme {
  name: string
  kind: SchemeKind
  place: string
  parameter: string
  description: string
  token_url: string
  scopes: string[]
  set: boolean
  set_at: string | null
  set_by: string | null
}

export interface Limits {
  read_seconds: number
  write_seconds: number
  concurrency: number
  per_second: number
}

export interface Api {
  id: string
  name: string
  title: string
  base_url: string
  servers: string[]
  source: Job['source']
  limits: Limits
  schemes: Scheme[]
  tools: number
  live_job: string | null
  /** Why its tools could not be loaded, the last time that was tried. */
  fault: string | null
  updated_at: string
}

export interface JobAgent {
  name: string
  title: string
  description: string
  permission: string
  tone: string
  instructions: string
  exists: boolean
  operations: number
}

export interface Tried {
  request: unknown
  status: number | null
  response: unknown
  summary: string
  error: string | null
  duration_ms: number
}

/** An agent that answers now. */
export interface Agent {
  name: string
  description: string
  permission: string
  tools: string[]
  model: string | null
  personality: { tone: string; greeting: string; escalation_message: string }
  instructions: string
  max_steps: number | null
  examples: string[]
  fallback: boolean
  source: 'file' | 'review'
  version: number
}

export interface AgentVersion {
  version: number
  spec: Record<string, unknown>
  import_id: string | null
  created_at: string
  created_by: string
}
