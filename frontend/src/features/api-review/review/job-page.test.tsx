import { screen, waitFor, within } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { good, refused, restServer } from '../../../testing/server'
import { giveHeight, line, openJob, ReviewServer, titles } from './test-server'
import { DESTRUCTIVE, job, READ, scheme, WRITE } from '../fixtures'

const rest = restServer()
let server: ReviewServer

beforeEach(() => {
  giveHeight()
  server = new ReviewServer(rest)
})

describe('the approval', () => {
  it('says what goes live and what to look at, then that it is live', async () => {
    server.api = { ...server.api, schemes: [scheme()] }
    server.operations = [READ, { ...WRITE, confidence: 0.3 }, DESTRUCTIVE]
    const { user } = openJob()
    await line('Cancel an order')
    await user.click(screen.getByRole('button', { name: 'Approve…' }))
    const dialog = await screen.findByRole('dialog', { name: 'Approve this import?' })
    await waitFor(() => expect(dialog).toHaveTextContent('No credentials are set (key)'))
    expect(dialog).toHaveTextContent('1 label is in doubt.')
    expect(dialog).toHaveTextContent('Not enabled1 operation')
    await user.click(within(dialog).getByRole('button', { name: 'Approve 2 tools' }))
    expect(await screen.findByText(/2 tools are live/)).toHaveTextContent('approved by ada')
    expect(server.changes).toEqual([{ revision: 7 }])
    expect(screen.getByText(/and write, for example/)).toHaveTextContent('“Show an order”')
    expect(screen.getByRole('link', { name: 'Open the chat' })).toHaveAttribute('href', '/')
    expect(screen.queryByRole('checkbox', { name: 'Select Show an order' })).toBeNull()
  })

  it('is refused where somebody changed something, and says so', async () => {
    rest.use(http.post('*/approve', () => refused(409, 'edited_meanwhile', 'Somebody changed this import.')))
    const { user } = openJob()
    await line('Cancel an order')
    await user.click(screen.getByRole('button', { name: 'Approve…' }))
    await user.click(await screen.findByRole('button', { name: 'Approve 2 tools' }))
    expect(await screen.findByText('Somebody changed this import.')).toBeVisible()
  })

  it('of an import that was overtaken can be prepared again', async () => {
    rest.use(
      http.post('*/approve', () => refused(409, 'import_outdated', 'Another import was approved.')),
      http.post('*/retry', () => good({ ...server.job, status: 'pending' })),
    )
    const { user } = openJob()
    await line('Cancel an order')
    await user.click(screen.getByRole('button', { name: 'Approve…' }))
    await user.click(await screen.findByRole('button', { name: 'Approve 2 tools' }))
    await user.click(await screen.findByRole('button', { name: /^Compare again/ }))
    expect(await screen.findByRole('region', { name: 'Progress' })).toBeVisible()
  })
})

describe('an import', () => {
  it('on its way shows how far it is, then what it found', async () => {
    server.job = job({ status: 'classifying', progress: { done: 3, total: 12, note: 'asking the model' } })
    openJob()
    expect(await screen.findByRole('progressbar')).toHaveAttribute('aria-valuenow', '25')
    expect(screen.getByText(/3 of 12. asking the model/)).toBeVisible()
    expect(screen.getByText('Judging what each one does').closest('li')).toHaveAttribute(
      'aria-current',
      'step',
    )
    server.job = job()
    expect(await line('Cancel an order')).toBeVisible()
  })

  it('that failed says why and where, and can be tried again', async () => {
    server.job = job({
      status: 'failed',
      error: { code: 'document_mistake', message: 'There is a tab in line 12.', place: 'line 12' },
      source: { kind: 'file', name: 'shop.yaml' },
    })
    rest.use(http.post('*/retry', () => good((server.job = job({ status: 'fetching' })))))
    const { user } = openJob()
    expect(await screen.findByRole('alert')).toHaveTextContent('There is a tab in line 12.')
    expect(screen.getByText('line 12')).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('region', { name: 'Progress' })).toBeVisible()
  })

  it.each([
    ['fetch_failed', 'Try again', '/api/v1/openapi/jobs/j1/retry', null],
    [
      'document_mistake',
      'Fetch it again',
      '/api/v1/openapi/import',
      { url: 'https://shop.example/openapi.json', api_id: 'a1' },
    ],
  ])('from an address that failed with %s offers to %s', async (code, name, path, body) => {
    server.job = job({ status: 'failed', error: { code, message: 'It failed.', place: '' } })
    const posted: unknown[] = []
    rest.use(
      http.post('*/api/v1/openapi/*', async ({ request }) => {
        posted.push([new URL(request.url).pathname, await request.json().catch(() => null)])
        return good(job({ id: 'j2', status: 'pending' }))
      }),
    )
    const { user } = openJob()
    await user.click(await screen.findByRole('button', { name }))
    await waitFor(() => expect(posted).toEqual([[path, body]]))
  })

  it('is discarded only after a question', async () => {
    let gone = false
    rest.use(
      http.delete('*/openapi/jobs/j1', () => {
        gone = true
        return good({ id: 'j1' })
      }),
    )
    const { user, router } = openJob()
    await user.click(await screen.findByRole('button', { name: 'Discard' }))
    expect(gone).toBe(false)
    const dialog = await screen.findByRole('dialog', { name: 'Discard this import?' })
    await user.click(within(dialog).getByRole('button', { name: 'Discard' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/apis'))
    expect(gone).toBe(true)
  })

  it('of an API that is live says what is different, and filters by it', async () => {
    const counts = { ...job().counts, riskier: 1, added: 2 }
    server.job = job({ previous: 'j0', counts })
    server.operations = [
      READ,
      { ...WRITE, change: 'riskier', changes: ['It was a read and is now a write.'] },
      { ...DESTRUCTIVE, change: 'removed' },
    ]
    const { user } = openJob()
    await line('Cancel an order')
    await user.click(screen.getByRole('button', { name: '1 riskier' }))
    await waitFor(() => expect(titles()).toEqual(['Cancel an order']))
    await user.click(screen.getByRole('button', { name: /^Why/ }))
    expect(await screen.findByText('It was a read and is now a write.')).toBeVisible()
    expect(screen.getByRole('button', { name: '1 riskier' })).toHaveAttribute('aria-pressed', 'true')
  })

  it('that is not there says so', async () => {
    rest.use(http.get('*/openapi/jobs/:id', () => refused(404, 'import_unknown', 'There is no such import.')))
    openJob()
    expect(await screen.findByRole('alert')).toHaveTextContent('There is no such import.')
  })

  it('shows what is odd in the document, and what was left out', async () => {
    server.job = job({
      warnings: [{ place: '#/paths', message: 'A path has no slash.' }],
      skipped: [{ place: 'POST /upload', message: 'Its body cannot be read.' }],
    })
    openJob('?tab=document')
    const left = await screen.findByRole('region', { name: /^Operations that were left out/ })
    expect(left).toHaveTextContent('Its body cannot be read. POST /upload')
    expect(screen.getByRole('tab', { name: 'Document (2)' })).toBeVisible()
  })
})
