import { screen, within } from '@testing-library/react'
import { http } from 'msw'
import { describe, expect, it } from 'vitest'
import type { Pause } from '../api/pauses'
import { PauseButton } from '../components/pause-button'
import { show } from '../testing/render'
import { good, refused, restServer, SESSION } from '../testing/server'
import { fakeEventSources } from '../testing/fake-event-source'
import { Layout } from './layout'

const server = restServer()
fakeEventSources()

const SHOP: Pause = {
  kind: 'api',
  name: 'shop',
  by: 'Ada',
  why: 'Refunds go wrong.',
  at: '2026-03-30T12:00:00Z',
}
const CAN = [
  { kind: 'actions', name: '' },
  { kind: 'api', name: 'shop' },
  { kind: 'tool', name: 'cancel_order' },
]

function serve(items: Pause[], staff = true) {
  const sent: unknown[] = []
  const now = { items }
  server.use(
    http.get('*/api/v1/session', () => good({ ...SESSION, staff })),
    http.get('*/api/v1/pauses', () => good({ items: now.items, can: CAN, under_way: 0 })),
    http.post('*/api/v1/pauses', async ({ request }) => {
      sent.push(await request.json())
      return good({ items: [SHOP], can: CAN, under_way: 0 })
    }),
    http.post('*/api/v1/pauses/end', async ({ request }) => {
      sent.push(await request.json())
      return good({ items: [], can: CAN, under_way: 0 })
    }),
  )
  return sent
}

describe('the kill switch', () => {
  it('is told to staff on every page, with who, why and the way back', async () => {
    const sent = serve([SHOP])
    const { user } = show(<Layout>a page</Layout>)
    const banner = await screen.findByRole('alert', { name: 'Paused' })
    expect(banner).toHaveTextContent('The API shop: paused. Nothing is sent. By Ada')
    expect(banner).toHaveTextContent('“Refunds go wrong.”')
    await user.click(within(banner).getByRole('button', { name: 'Resume' }))
    const dialog = await screen.findByRole('dialog', { name: 'Resume: The API shop' })
    await user.click(within(dialog).getByRole('button', { name: 'Resume' }))
    await expect.poll(() => screen.queryByRole('alert', { name: 'Paused' })).toBeNull()
    expect(sent).toEqual([{ kind: 'api', name: 'shop', why: '' }])
  })

  it('is not shown to customers', async () => {
    serve([SHOP], false)
    show(<Layout>a chat</Layout>)
    expect(await screen.findByText('demo model')).toBeVisible()
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('pauses what is chosen, with the reason', async () => {
    const sent = serve([])
    const { user } = show(<PauseButton />)
    await user.click(screen.getByRole('button', { name: 'Pause actions…' }))
    const dialog = await screen.findByRole('dialog', { name: 'Pause' })
    expect(dialog).toHaveTextContent('Look-ups go on.')
    await user.selectOptions(within(dialog).getByLabelText('What'), 'The API shop')
    expect(dialog).toHaveTextContent('look-ups included')
    await user.type(within(dialog).getByLabelText('Why'), 'Refunds go wrong.')
    await user.click(within(dialog).getByRole('button', { name: 'Pause' }))
    await expect.poll(() => sent).toEqual([{ kind: 'api', name: 'shop', why: 'Refunds go wrong.' }])
  })

  it('says why it could not be paused', async () => {
    serve([])
    server.use(http.post('*/api/v1/pauses', () => refused(403, 'right_missing', 'Your role may only look.')))
    const { user } = show(<PauseButton what={{ kind: 'api', name: 'shop' }} />)
    await user.click(screen.getByRole('button', { name: 'Pause' }))
    const dialog = await screen.findByRole('dialog')
    await user.click(within(dialog).getByRole('button', { name: 'Pause' }))
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('Your role may only look.')
  })
})
