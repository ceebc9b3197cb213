import { screen, waitFor } from '@testing-library/react'
import { http } from 'msw'
import { expect, it } from 'vitest'
import { show } from '../../../testing/render'
import { good, restServer } from '../../../testing/server'
import { DemoAside } from './demo-aside'

const server = restServer()

function agents(...items: { name: string; source: string; fallback?: boolean; off?: boolean }[]) {
  const sent: string[] = []
  server.use(
    http.get('*/api/v1/agents', () =>
      good({ items: items.map((one) => ({ fallback: false, off: false, ...one })) }),
    ),
    http.put('*/api/v1/agents/:name', async ({ request, params }) => {
      sent.push(`${String(params.name)} ${await request.text()}`)
      return good({})
    }),
  )
  return sent
}

it('switches off the agents of the file, and neither the one for everything else nor those of imports', async () => {
  const sent = agents(
    { name: 'order_lookup', source: 'file' },
    { name: 'general', source: 'file', fallback: true },
    { name: 'pets', source: 'review' },
  )
  const { user } = show(<DemoAside />)
  await user.click(await screen.findByRole('button', { name: 'Switch the demo off' }))
  await waitFor(() => expect(sent).toEqual(['order_lookup {"off":true}']))
})
