// Fake server of one import for tests, with optimistic locking as the real one has it.
import { screen, within } from '@testing-library/react'
import { http } from 'msw'
import type { SetupServer } from 'msw/node'
import { vi } from 'vitest'
import { ApiError } from '../../../api/client'
import { show } from '../../../testing/render'
import { good, refused } from '../../../testing/server'
import { JobPage } from './job-page'
import { api, DESTRUCTIVE, job, jobAgent, READ, WRITE } from '../fixtures'
import type { Edit, Job, Operation } from '../types'

/** jsdom lays nothing out; a list that shows only what is in sight needs a height. */
export function giveHeight(): void {
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(900)
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(1200)
}

/** The server of one import, as far as the page talks to it. */
export class ReviewServer {
  job: Job = job()
  operations: Operation[] = [READ, WRITE, DESTRUCTIVE]
  api = api()
  agents = [jobAgent()]
  readonly requests: { method: string; path: string; body: unknown }[] = []

  constructor(server: SetupServer) {
    server.use(
      http.get('*/api/v1/openapi/jobs', () => good({ items: [this.job], next: null })),
      http.get('*/api/v1/openapi/jobs/:id', () => good(this.job)),
      http.get('*/api/v1/openapi/jobs/:id/classifications', ({ request }) => this.page(request)),
      http.put('*/api/v1/openapi/jobs/:id/classifications/:idx', async ({ request, params }) => {
        const { revision, ...edit } = (await this.record(request)) as Edit & { revision: number }
        return this.answer(() => this.edit(Number(params.idx), revision, edit))
      }),
      http.post('*/api/v1/openapi/jobs/:id/classifications/edit', async ({ request }) => {
        const { items, set } = (await this.record(request)) as {
          items: { idx: number; revision: number }[]
          set: Edit
        }
        return good(this.editMany(items, set))
      }),
      http.post('*/api/v1/openapi/jobs/:id/approve', async ({ request }) => {
        await this.record(request)
        this.job = { ...this.job, status: 'approved', approved_at: this.job.created_at, approved_by: 'ada' }
        return good(this.job)
      }),
      http.get('*/api/v1/openapi/jobs/:id/agents', () => good({ items: this.agents })),
      http.get('*/api/v1/review-log', () => good({ items: [], next: null })),
      http.get('*/api/v1/apis', () => good({ items: [this.api] })),
      http.get('*/api/v1/apis/:id', () => good(this.api)),
    )
  }

  /** Somebody else edits an operation. */
  editByColleague(idx: number, edit: Edit): void {
    this.edit(idx, this.find(idx).revision, edit, 'grace')
  }

  find(idx: number): Operation {
    const operation = this.operations.find((operation) => operation.idx === idx)
    if (!operation) throw new ApiError(404, 'operation_unknown', 'There is no such operation.')
    return operation
  }

  /** What was asked to be changed, in order. */
  get changes(): unknown[] {
    return this.requests.map(({ body }) => body)
  }

  private edit(idx: number, revision: number, edit: Edit, by = 'ada'): Operation {
    const before = this.find(idx)
    if (before.revision !== revision) {
      throw new ApiError(409, 'edited_meanwhile', 'Somebody else edited this.', { current: before })
    }
    const edited = [...new Set([...before.edited, ...Object.keys(edit)])]
    const after = { ...before, ...edit, revision: revision + 1, edited, edited_by: by }
    this.operations = this.operations.map((operation) => (operation.idx === idx ? after : operation))
    this.job = { ...this.job, revision: this.job.revision + 1 }
    return after
  }

  private editMany(items: { idx: number; revision: number }[], set: Edit) {
    const changed: Operation[] = []
    const not: { idx: number; code: string; message: string }[] = []
    for (const { idx, revision } of items) {
      try {
        changed.push(this.edit(idx, revision, set))
      } catch (error) {
        if (error instanceof ApiError) not.push({ idx, code: error.code, message: error.message })
      }
    }
    return { changed, refused: not }
  }

  private answer(work: () => unknown) {
    try {
      return good(work())
    } catch (error) {
      if (error instanceof ApiError) return refused(error.status, error.code, error.message, error.details)
      throw error
    }
  }

  // Two at a time, so that every test goes through more than one page.
  private page(request: Request) {
    const from = Number(new URL(request.url).searchParams.get('cursor') ?? 0)
    const next = from + 2 < this.operations.length ? String(from + 2) : null
    return good({ items: this.operations.slice(from, from + 2), next })
  }

  private async record(request: Request): Promise<unknown> {
    const body: unknown = await request.json().catch(() => null)
    this.requests.push({ method: request.method, path: new URL(request.url).pathname, body })
    return body
  }
}

/** Open the page of an import. */
export function openJob(query = '') {
  return show(<JobPage />, { at: `/apis/jobs/j1${query}`, path: '/apis/jobs/:jobId' })
}

/** The line of an operation. */
export async function line(title: string): Promise<HTMLElement> {
  const row = (await screen.findByText(title, { selector: '[role="row"] button' })).closest('[role="row"]')
  if (!(row instanceof HTMLElement)) throw new Error(`${title} is in no line`)
  return row
}

/** What is listed, top to bottom. */
export function titles(): string[] {
  const boxes = document.querySelectorAll('[role="row"][aria-selected] input[aria-label^="Select "]')
  return [...boxes].map((box) => box.ariaLabel?.replace(/^Select /, '') ?? '')
}

/** Open an operation in the side panel. */
export async function openPanel(title: string, query = '') {
  const { user, ...shown } = openJob(query)
  await user.click(within(await line(title)).getByText(title))
  const dialog = await screen.findByRole('dialog', { name: title })
  return { user, dialog, ...shown }
}
