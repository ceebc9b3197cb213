// Steps and progress of an import job.
import type { Job, Status } from '../types'

/** Where an import stands: what is done, what runs, what comes. */
interface ImportStep {
  status: Status
  title: string
  state: 'done' | 'active' | 'todo' | 'failed'
}

const STEPS: readonly { status: Status; title: string }[] = [
  { status: 'pending', title: 'Waiting for its turn' },
  { status: 'fetching', title: 'Fetching the document' },
  { status: 'parsing', title: 'Reading its operations' },
  { status: 'classifying', title: 'Judging what each one does' },
  { status: 'review', title: 'Your review' },
]
const RUNNING: ReadonlySet<Status> = new Set(['pending', 'fetching', 'parsing', 'classifying'])

/** Does the server still work on it by itself? */
export function isRunning(job: Pick<Job, 'status'>): boolean {
  return RUNNING.has(job.status)
}

/** The steps of an import; nothing is fetched for a file or a text. */
export function importSteps(job: Pick<Job, 'status' | 'source'>): ImportStep[] {
  const way = STEPS.filter((step) => step.status !== 'fetching' || job.source.kind === 'url')
  const at = way.findIndex((step) => step.status === job.status)
  return way.map((step, index) => ({ ...step, state: stateOf(job.status, index, at) }))
}

function stateOf(status: Status, index: number, at: number): ImportStep['state'] {
  if (status === 'approved') return 'done'
  if (status === 'failed') return index === 0 ? 'failed' : 'todo'
  if (index === at) return 'active'
  return index < at ? 'done' : 'todo'
}

/** How far the running step is, 0 to 100; null where nobody can say. */
export function progressOf({ progress }: Pick<Job, 'progress'>): number | null {
  if (progress.total <= 0) return null
  return Math.min(100, Math.round((progress.done / progress.total) * 100))
}

const STATUS_LABELS: Record<Status, string> = {
  pending: 'Waiting',
  fetching: 'Fetching',
  parsing: 'Reading',
  classifying: 'Judging',
  review: 'To be reviewed',
  approved: 'Approved',
  failed: 'Failed',
}

export function statusLabel(status: Status): string {
  return STATUS_LABELS[status]
}
