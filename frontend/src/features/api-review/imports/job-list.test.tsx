import { screen, within } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { show } from '../../../testing/render'
import { good, restServer } from '../../../testing/server'
import { ApisPage } from '../apis/apis-page'
import { job } from '../fixtures'
import type { Job } from '../types'

const rest = restServer()
let jobs: Job[]

beforeEach(() => {
  jobs = ['j5', 'j4', 'j3'].map((id) => job({ id, api: { id, name: id, title: `Import ${id}` } }))
  rest.use(
    http.get('*/api/v1/apis', () => good({ items: [] })),
    http.get('*/api/v1/openapi/jobs', ({ request }) => {
      const before = new URL(request.url).searchParams.get('cursor')
      const from = before === null ? 0 : jobs.findIndex(({ id }) => id === before) + 1
      const shown = jobs.slice(from, from + 2)
      return good({ items: shown, next: from + 2 < jobs.length ? shown.at(-1)?.id : null })
    }),
  )
})

async function names(): Promise<(string | null)[]> {
  const list = await screen.findByRole('region', { name: 'Imports' })
  const links = await within(list).findAllByRole('link')
  return links.map((link) => link.textContent)
}

describe('the list of imports', () => {
  it('shows the newest, and older ones on demand', async () => {
    const { user } = show(<ApisPage />)
    expect(await names()).toEqual(['Import j5', 'Import j4'])
    await user.click(screen.getByRole('button', { name: 'Show older' }))
    expect(await screen.findByText('There is nothing older.')).toHaveFocus()
    expect(await names()).toEqual(['Import j5', 'Import j4', 'Import j3'])
  })

  it('stays whole while new imports come in', async () => {
    const { user, queries } = show(<ApisPage />)
    await user.click(await screen.findByRole('button', { name: 'Show older' }))
    await screen.findByText('There is nothing older.')
    jobs = [job({ id: 'j6', api: { id: 'j6', name: 'j6', title: 'Import j6' } }), ...jobs]
    await queries.invalidateQueries({ queryKey: ['imports'], exact: true })
    expect(await names()).toEqual(['Import j6', 'Import j5', 'Import j4', 'Import j3'])
  })

  it('lets those be who have gone elsewhere', async () => {
    const { user, queries } = show(<ApisPage />)
    await user.click(await screen.findByRole('button', { name: 'Show older' }))
    await screen.findByText('There is nothing older.')
    const field = screen.getByLabelText(/^Address of an OpenAPI/)
    await user.click(field)
    jobs = jobs.slice(0, 2)
    await queries.invalidateQueries({ queryKey: ['imports'], exact: true })
    expect(await names()).toHaveLength(2)
    expect(field).toHaveFocus()
  })

  it('offers nothing older where there is nothing', async () => {
    jobs = jobs.slice(0, 2)
    show(<ApisPage />)
    expect(await names()).toHaveLength(2)
    expect(screen.queryByRole('button', { name: 'Show older' })).toBeNull()
  })
})
