import { screen, within } from '@testing-library/react'
import { http } from 'msw'
import { describe, expect, it } from 'vitest'
import { show } from '../../testing/render'
import { refused } from '../../testing/server'
import { ApprovalsPage } from './approvals-page'
import { approvalsServer } from './test-server'
import { ACTION, AT, DEAD } from './fixtures'

const { server, state } = approvalsServer()

describe('the approvals page, below the queue', () => {
  it('has an unknown outcome settled only with a note', async () => {
    state.actions = [ACTION]
    const { user } = show(<ApprovalsPage />)
    const action = await screen.findByRole('article', { name: 'Cancel order 1042' })
    expect(within(action).getByRole('region', { name: 'What was sent' })).toHaveTextContent('POST')
    await user.click(within(action).getByRole('button', { name: 'It was done' }))
    expect(within(action).getByText('Please say how you found out.')).toBeVisible()
    expect(state.posted).toEqual([])
    await user.click(within(action).getByLabelText(/What did you find/))
    await user.paste('It is cancelled there.')
    await user.click(within(action).getByRole('button', { name: 'It was done' }))
    expect(await screen.findByText(/has a known outcome/)).toBeVisible()
    expect(state.posted).toEqual([
      ['/api/v1/actions/x2/settle', { outcome: 'succeeded', note: 'It is cancelled there.' }],
    ])
  })

  it('shows who was handed over, whether the webhook arrived, and sends a dead letter again', async () => {
    state.escalations = [
      {
        thread_id: 't3',
        escalated_at: AT,
        status: 'open',
        reason: 'The customer desk.asked',
        deliveries: [DEAD],
      },
      {
        thread_id: 't4',
        escalated_at: AT,
        status: 'open',
        reason: 'Too hard',
        deliveries: [
          { ...DEAD, id: 'd2', status: 'waiting', attempts: 1, last_status: 500, last_error: null },
        ],
      },
    ]
    state.dead = [DEAD]
    const { user } = show(<ApprovalsPage />)
    expect(await screen.findByRole('article', { name: 'The customer desk.asked' })).toHaveTextContent(
      'Webhook given up after 8 attempts: connection refused.',
    )
    expect(screen.getByRole('article', { name: 'Too hard' })).toHaveTextContent(
      '1 attempt so far: the receiver answered 500',
    )
    await user.click(screen.getByRole('button', { name: 'Send again' }))
    expect(await screen.findByText(/No conversation has been handed over/)).toBeVisible()
    expect(state.posted[0]).toEqual(['/api/v1/escalations/deliveries/d1/retry', null])
  })

  it('says that what is shown may be old when the server does not answer', async () => {
    server.use(http.get('*/api/v1/actions', () => refused(503, 'unavailable', 'Not running right now.')))
    show(<ApprovalsPage />)
    expect(await screen.findByRole('alert')).toHaveTextContent('Not running right now.')
  })
})
