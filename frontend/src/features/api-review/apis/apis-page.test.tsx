import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { show } from '../../../testing/render'
import { good, refused, restServer } from '../../../testing/server'
import { ApisPage } from './apis-page'
import { api, job } from '../fixtures'
import type { Api, Job } from '../types'

const server = restServer()
let lists: { apis: Api[]; jobs: Job[] }
let sent: { type: string; body: string }[]

beforeEach(() => {
  lists = { apis: [], jobs: [] }
  sent = []
  server.use(
    http.get('*/api/v1/apis', () => good({ items: lists.apis })),
    http.get('*/api/v1/openapi/jobs', () => good({ items: lists.jobs, next: null })),
    http.post('*/api/v1/openapi/import', async ({ request }) => {
      sent.push({ type: request.headers.get('content-type') ?? '', body: await request.text() })
      return good(job({ id: 'j9', status: 'pending' }))
    }),
  )
})

function open(query = '') {
  return show(<ApisPage />, { at: `/apis${query}` })
}

function body(): unknown {
  return JSON.parse(sent[0]?.body ?? 'null')
}

describe('the page of APIs', () => {
  it('says what to do where there is nothing', async () => {
    open()
    expect(await screen.findByText(/No API is connected yet/)).toBeVisible()
    expect(await screen.findByText(/Nothing has been imported yet/)).toBeVisible()
  })

  it('lists what is live and what was imported, each with its way on', async () => {
    lists = {
      apis: [api({ live_job: 'j0', tools: 12, fault: 'The credentials cannot be opened.' })],
      jobs: [job(), job({ id: 'j2', status: 'failed', api: { id: 'a2', name: 'bank', title: 'Bank' } })],
    }
    open()
    const connected = await screen.findByRole('region', { name: 'Connected APIs' })
    expect(await within(connected).findByRole('link', { name: 'Demo shop' })).toHaveAttribute(
      'href',
      '/apis/jobs/j0',
    )
    expect(connected).toHaveTextContent('12 live tools · https://shop.example/v1')
    expect(within(connected).getByRole('alert')).toHaveTextContent('cannot be opened')
    const imports = screen.getByRole('region', { name: 'Imports' })
    expect(within(imports).getByRole('link', { name: 'Bank' })).toHaveAttribute('href', '/apis/jobs/j2')
    expect(imports).toHaveTextContent('Failed')
    expect(imports).toHaveTextContent('1 read, 1 write and 1 destructive')
  })

  it('says when the server does not answer, and asks again on demand', async () => {
    let away = true
    server.use(
      http.get('*/api/v1/apis', () =>
        away ? refused(503, 'unavailable', 'Not running right now.') : good({ items: [api()] }),
      ),
    )
    const { user } = open()
    expect(await screen.findByRole('alert')).toHaveTextContent('Not running right now.')
    away = false
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('Demo shop')).toBeVisible()
  })

  it('imports an API again from where it came', async () => {
    lists.apis = [api()]
    const { user, router } = open()
    await user.click(await screen.findByRole('button', { name: 'Import again' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/apis/jobs/j9'))
    expect(body()).toEqual({ api_id: 'a1' })
  })

  it('asks for the document again where it was a file', async () => {
    lists.apis = [api({ source: { kind: 'file', name: 'shop.yaml' } })]
    const { user } = open()
    await user.click(await screen.findByRole('button', { name: 'Import again' }))
    expect(await screen.findByRole('heading', { name: /^Import Demo shop again/ })).toBeVisible()
    await user.type(screen.getByLabelText(/^Address of an OpenAPI/), 'https://a.example{Enter}')
    await waitFor(() => expect(body()).toEqual({ url: 'https://a.example', api_id: 'a1' }))
  })

  it('removes an API only after a question', async () => {
    lists.apis = [api()]
    const gone: string[] = []
    server.use(
      http.delete('*/api/v1/apis/:id', ({ params }) => {
        gone.push(String(params.id))
        lists.apis = []
        return good({ id: 'a1' })
      }),
    )
    const { user } = open()
    await user.click(await screen.findByRole('button', { name: 'Remove' }))
    const dialog = await screen.findByRole('dialog', { name: 'Remove Demo shop?' })
    await user.click(within(dialog).getByRole('button', { name: 'Keep it' }))
    expect(gone).toEqual([])
    await user.click(await screen.findByRole('button', { name: 'Remove' }))
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }))
    expect(await screen.findByText(/No API is connected yet/)).toBeVisible()
    expect(gone).toEqual(['a1'])
  })
})

describe('the form of an import', () => {
  it('takes an address, with Enter, and goes to the import', async () => {
    const { user, router } = open()
    await user.type(screen.getByLabelText(/^Address of an OpenAPI/), 'https://shop.example/openapi.json')
    expect(screen.getByText(/The server will fetch it from shop.example/)).toBeVisible()
    await user.keyboard('{Enter}')
    await waitFor(() => expect(router.state.location.pathname).toBe('/apis/jobs/j9'))
    expect(body()).toEqual({ url: 'https://shop.example/openapi.json' })
  })

  it('takes a document as text, where Enter is a new line', async () => {
    const { user } = open()
    await user.type(screen.getByLabelText(/^Address of an OpenAPI/), 'openapi: 3.1.0{Enter}paths:')
    expect(screen.getByText(/2 lines of YAML will be read/)).toBeVisible()
    expect(sent).toEqual([])
    await user.click(screen.getByRole('button', { name: 'Import' }))
    await waitFor(() => expect(body()).toEqual({ text: 'openapi: 3.1.0\npaths:' }))
  })

  it('takes a file that is chosen, with what the document does not say', async () => {
    const { user } = open()
    await user.upload(screen.getByLabelText('A file to import'), new File(['openapi: 3.1.0'], 'shop.yaml'))
    expect(screen.getByText(/shop.yaml \(14 bytes\) will be read/)).toBeVisible()
    await user.click(screen.getByText(/^Short name and base address/))
    await user.type(screen.getByLabelText('Short name'), 'shop')
    await user.click(screen.getByRole('button', { name: 'Import' }))
    await waitFor(() => expect(sent).toHaveLength(1))
    expect(sent[0]?.type).toMatch(/^multipart\/form-data/)
    expect(sent[0]?.body).toContain('name="file"; filename=')
    expect(sent[0]?.body).toMatch(/name="name"\s+shop/)
  })

  it('takes a file that is dropped, and gives it back', async () => {
    const { user } = open()
    const form = screen.getByRole('form', { name: 'Import an API' })
    fireEvent.drop(form, { dataTransfer: { files: [new File(['PK'], 'shop.zip')] } })
    expect(await screen.findByText(/shop.zip \(2 bytes\) will be unpacked/)).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Take it away' }))
    expect(screen.getByLabelText(/^Address of an OpenAPI/)).toBeVisible()
  })

  it('says what is wrong before anything is sent', async () => {
    const { user } = open()
    await user.click(screen.getByRole('button', { name: 'Import' }))
    expect(screen.getByRole('alert')).toHaveTextContent('Paste an address or a document')
    await user.type(screen.getByLabelText(/^Address of an OpenAPI/), 'shop.example/openapi.json')
    await user.click(screen.getByRole('button', { name: 'Import' }))
    expect(screen.getByRole('alert')).toHaveTextContent('An address begins with https://')
    expect(sent).toEqual([])
  })

  it('says why the server refused it, and keeps what was given', async () => {
    server.use(
      http.post('*/api/v1/openapi/import', () =>
        refused(403, 'fetch_refused', 'That address is inside a private network.'),
      ),
    )
    const { user } = open()
    await user.type(screen.getByLabelText(/^Address of an OpenAPI/), 'http://10.0.0.1/{Enter}')
    expect(await screen.findByRole('alert')).toHaveTextContent('private network')
    expect(screen.getByLabelText(/^Address of an OpenAPI/)).toHaveValue('http://10.0.0.1/')
  })
})
