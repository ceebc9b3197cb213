import { screen, waitFor, within } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { show } from '../../../testing/render'
import { good, refused, restServer } from '../../../testing/server'
import { giveHeight, openJob, ReviewServer } from '../review/test-server'
import { HistoryPage } from './history-page'
import { change, edited, edits, entry } from './fixtures'
import { job } from '../fixtures'
import type { Entry } from '../types'

const rest = restServer()
let asked: string[]
let server: ReviewServer

/** The server has these entries, a page of two at a time. */
function has(entries: Entry[]) {
  rest.use(
    http.get('*/api/v1/review-log', ({ request }) => {
      const query = new URL(request.url).searchParams
      asked.push(query.toString())
      const from = Number(query.get('cursor') ?? 0)
      const next = from + 2 < entries.length ? String(from + 2) : null
      return good({ items: entries.slice(from, from + 2), next })
    }),
  )
}

beforeEach(() => {
  giveHeight()
  asked = []
  server = new ReviewServer(rest)
})

async function line(words: string | RegExp): Promise<HTMLElement> {
  const entry = (await screen.findByText(words, { selector: 'p, p *' })).closest('li')
  if (!entry) throw new Error(`no entry says ${words}`)
  return entry
}

describe('the history of an import', () => {
  it('says who did what, and when, as a moment and in words', async () => {
    const at = new Date(Date.now() - 5 * 60_000).toISOString()
    has([entry('credentials_set', { scheme: 'key' }, { at })])
    openJob('?tab=history')
    const set = await line(/set the credentials of key/)
    expect(set).toHaveTextContent(/^Ana set the credentials of key5 min ago · /)
    expect(set.querySelector('time')).toHaveAttribute('datetime', at)
    expect(asked).toEqual(['api_id=a1'])
  })

  it('is that of its API, and on demand only its own', async () => {
    has([
      entry('import_retried', {}, { import_id: 'j0' }),
      entry('import_thrown_away', { with_api: false }, { import_id: 'j9', import_there: false }),
    ])
    const { user } = openJob('?tab=history')
    const other = await line(/let the import start over/)
    expect(within(other).getByRole('link', { name: 'another import' })).toHaveAttribute(
      'href',
      '/apis/jobs/j0',
    )
    const gone = await line(/discarded the import/)
    expect(gone).toHaveTextContent('another import')
    expect(within(gone).queryByRole('link')).toBeNull()
    const only = screen.getByRole('button', { name: 'Only this import' })
    expect(only).toHaveAttribute('aria-pressed', 'false')
    await user.click(only)
    await waitFor(() => expect(asked).toEqual(['api_id=a1', 'import_id=j1']))
    expect(only).toHaveAttribute('aria-pressed', 'true')
  })

  it('goes on where it was left, to its end', async () => {
    has(['one', 'two', 'three', 'four', 'five'].map((scheme) => entry('credentials_set', { scheme })))
    const { user } = openJob('?tab=history')
    await line(/credentials of one/)
    expect(screen.queryByText(/credentials of three/)).toBeNull()
    const older = screen.getByRole('button', { name: 'Show older' })
    older.focus()
    await user.keyboard('{Enter}')
    await line(/credentials of four/)
    expect(older).toHaveFocus()
    await user.keyboard('{Enter}')
    await line(/credentials of five/)
    expect(screen.getByText('There is nothing older.')).toHaveFocus()
    expect(asked).toEqual(['api_id=a1', 'api_id=a1&cursor=2', 'api_id=a1&cursor=4'])
  })

  it('says when there is none', async () => {
    has([])
    openJob('?tab=history')
    expect(await screen.findByText('Nobody has done anything here yet.')).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Show older' })).toBeNull()
  })

  it('says when it cannot be loaded, and tries again on demand', async () => {
    rest.use(http.get('*/api/v1/review-log', () => refused(503, 'unavailable', 'Not running right now.')))
    const { user } = openJob('?tab=history')
    expect(await screen.findByRole('alert')).toHaveTextContent('Not running right now.')
    has([entry('import_retried', {})])
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await line(/let the import start over/)).toBeVisible()
  })

  it('keeps what it shows where the older part cannot be loaded', async () => {
    has(['one', 'two', 'three'].map((scheme) => entry('credentials_set', { scheme })))
    const { user } = openJob('?tab=history')
    await line(/credentials of one/)
    rest.use(http.get('*/api/v1/review-log', () => refused(503, 'unavailable', 'Not running right now.')))
    await user.click(screen.getByRole('button', { name: 'Show older' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('What you see is from before.')
    expect(screen.getByText(/credentials of one/)).toBeVisible()
    has(['one', 'two', 'three'].map((scheme) => entry('credentials_set', { scheme })))
    await user.click(screen.getByRole('button', { name: 'Show older' }))
    expect(await line(/credentials of three/)).toBeVisible()
  })

  it('shows a placeholder while it is on its way', async () => {
    rest.use(http.get('*/api/v1/review-log', () => new Promise<never>(() => undefined)))
    openJob('?tab=history')
    expect(await screen.findByRole('status', { name: 'Loading the history' })).toBeVisible()
  })

  it('opens what is long on demand', async () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    has([edited(...names.map((name) => edits([name], [change('agent', name, 'care')])))])
    openJob('?tab=history')
    const one = await line(/gave 5 operations to the agent care/)
    expect(within(one).getByText('Details').closest('details')).not.toHaveAttribute('open')
    expect(one).toHaveTextContent('e – was: e')
  })

  it('stands below an import that failed, too', async () => {
    has([entry('import_retried', {})])
    server.job = job({
      status: 'failed',
      error: { code: 'document_mistake', message: 'It broke.', place: '' },
    })
    openJob()
    const history = await screen.findByRole('region', { name: 'History' })
    expect(await within(history).findByText(/let the import start over/)).toBeVisible()
  })
})

describe('the history of everything', () => {
  it('names the API of each entry, and leads to its import while that is there', async () => {
    has([
      entry('import_retried', {}),
      entry('api_deleted', { tools: 4, credentials: [] }, { import_id: null, import_there: false }),
    ])
    show(<HistoryPage />)
    const there = await line(/let the import start over/)
    expect(within(there).getByRole('link', { name: 'shop' })).toHaveAttribute('href', '/apis/jobs/j1')
    const gone = await line(/removed the API with 4 live tools/)
    expect(gone).toHaveTextContent(/· shop$/)
    expect(within(gone).queryByRole('link')).toBeNull()
    expect(asked).toEqual([''])
  })

  it('says of an agent no API', async () => {
    const of_none = { api_id: null, api_name: '', import_id: null, import_there: false }
    has([entry('agent_changed', { agent: 'care', version: 1, changes: [] }, of_none)])
    show(<HistoryPage />)
    expect(await line(/changed the agent care/)).not.toHaveTextContent(/·.*·/)
  })
})
