import { screen, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import type { InterruptRequest } from '../../api/protocol.gen'
import { show } from '../../testing/render'
import { ApprovalCard } from './approval-card'
import type { Answer, ApprovalItem } from '../state'

const REQUEST: InterruptRequest = {
  type: 'interrupt',
  thread_id: 't1',
  interrupt_id: 'i1',
  action: 'cancel_order',
  args: { order_id: '1042', reason: 'Ordered twice' },
  title: 'Cancel order 1042',
  target: 'Demo shop',
  request: { method: 'POST', url: 'http://shop/orders/1042/cancel', body: { reason: 'Ordered twice' } },
  expires_at: '2099-01-01T00:00:00Z',
  args_schema: {
    type: 'object',
    required: ['order_id'],
    properties: { order_id: { type: 'string', minLength: 4 }, reason: { type: 'string' } },
  },
}

const ITEM: ApprovalItem = { kind: 'approval', key: 'i1', request: REQUEST, at: null, state: 'pending' }

function card(item: Partial<ApprovalItem> = {}, viewer: 'customer' | 'operator' = 'customer') {
  const onAnswer = vi.fn<(answer: Answer) => void>()
  const shown = show(<ApprovalCard item={{ ...ITEM, ...item }} viewer={viewer} onAnswer={onAnswer} />)
  return { ...shown, onAnswer, group: screen.getByRole('group', { name: 'Cancel order 1042' }) }
}

describe('an approval card', () => {
  it('says what will happen, where, with which values, and shows the request on demand', () => {
    const { group } = card()
    expect(within(group).getByRole('heading', { name: 'Cancel order 1042' })).toBeVisible()
    expect(group).toHaveTextContent('Your approval is needed')
    expect(group).toHaveTextContent('Demo shop')
    expect(within(group).getByRole('row', { name: 'Order id 1042' })).toBeVisible()
    expect(within(group).getByRole('region', { name: 'The request', hidden: true })).toHaveTextContent(
      'POST http://shop/orders/1042/cancel',
    )
  })

  it('marks what the customer has not said, in words', () => {
    const args = { order_id: '1042', reason: 'Ordered twice', address: { city: 'Anytown' } }
    const { group } = card({ request: { ...REQUEST, args, unsaid: ['reason', 'address.city'] } })
    expect(within(group).getByRole('row', { name: 'Order id 1042' })).toBeVisible()
    expect(within(group).getByRole('row', { name: 'Reason Ordered twice Not said by you' })).toBeVisible()
    expect(within(group).getByRole('row', { name: /Address [^]*Not said by you: City/ })).toBeVisible()
    expect(group).toHaveTextContent('The assistant filled in what you have not said.')
  })

  it('tells staff whose words are missing, and explains nothing that is over', () => {
    const request = { ...REQUEST, audience: 'operator' as const, unsaid: ['reason'] }
    const { group } = card({ request, state: 'approved', by: 'operator' }, 'operator')
    expect(within(group).getByRole('row', { name: /Not said by the customer/ })).toBeVisible()
    expect(group).not.toHaveTextContent('filled in')
  })

  it('is approved with one button, and the keyboard stays on the card', async () => {
    const { user, onAnswer, group } = card()
    await user.click(screen.getByRole('button', { name: 'Approve: Cancel order 1042' }))
    expect(onAnswer).toHaveBeenCalledExactlyOnceWith({ approved: true })
    expect(group).toHaveFocus()
  })

  it('says to staff who reads their reason', async () => {
    const { user, group } = card({ request: { ...REQUEST, audience: 'operator' } }, 'operator')
    await user.click(within(group).getByRole('button', { name: /^Reject/ }))
    expect(screen.getByLabelText(/Why not/)).toHaveAccessibleDescription(
      'The customer reads it word for word.',
    )
  })

  it('is rejected with or without a reason', async () => {
    const { user, onAnswer } = card()
    await user.click(screen.getByRole('button', { name: /^Reject/ }))
    await user.click(screen.getByRole('button', { name: 'Back' }))
    expect(onAnswer).not.toHaveBeenCalled()
    await user.click(screen.getByRole('button', { name: /^Reject/ }))
    await user.click(screen.getByRole('button', { name: 'Reject' }))
    await user.type(screen.getByLabelText(/Why not/), ' Too late {Enter}')
    expect(onAnswer.mock.calls).toEqual([[{ approved: false }], [{ approved: false, comment: 'Too late' }]])
  })

  it('is edited in a form that explains what is wrong before anything is sent', async () => {
    const { user, onAnswer } = card()
    await user.click(screen.getByRole('button', { name: /^Edit/ }))
    const input = screen.getByLabelText(/Order id/)
    await user.clear(input)
    await user.type(input, '10')
    await user.click(screen.getByRole('button', { name: 'Check changes' }))
    expect(screen.getByText('It must have at least 4 characters.')).toBeVisible()
    expect(onAnswer).not.toHaveBeenCalled()
    await user.type(input, '43')
    await user.click(screen.getByRole('button', { name: 'Check changes' }))
    expect(onAnswer).toHaveBeenCalledExactlyOnceWith({
      approved: true,
      args: { order_id: '1043', reason: 'Ordered twice' },
    })
  })

  it('is edited as JSON where the schema does not tell', async () => {
    const { user, onAnswer } = card({ request: { ...REQUEST, args_schema: null } })
    await user.click(screen.getByRole('button', { name: /^Edit/ }))
    const input = screen.getByLabelText('Values, as JSON')
    await user.clear(input)
    await user.type(input, '{{"a": 1')
    await user.click(screen.getByRole('button', { name: 'Check changes' }))
    expect(screen.getByText(/one JSON object/)).toBeVisible()
    await user.type(input, '}')
    await user.click(screen.getByRole('button', { name: 'Check changes' }))
    expect(onAnswer).toHaveBeenCalledExactlyOnceWith({ approved: true, args: { a: 1 } })
  })

  it('shows edited values beside what they were', () => {
    const { group } = card({
      request: { ...REQUEST, edited_from: { order_id: '1041', reason: 'Ordered twice' } },
    })
    expect(within(group).getByLabelText('before: 1041')).toBeVisible()
    expect(group.querySelectorAll('del')).toHaveLength(1)
  })

  it('cannot be answered while an answer is on its way', () => {
    card({ answering: { approved: true } })
    expect(screen.getByText('Your approval is on its way…')).toBeVisible()
    expect(screen.queryByRole('button')).toBeNull()
  })

  it('says why an answer was refused, and can be answered again', () => {
    card({ problem: { code: 'invalid_arguments', message: 'order_id: no such order.', retryable: false } })
    expect(screen.getByRole('alert')).toHaveTextContent('order_id: no such order.')
    expect(screen.getByRole('button', { name: /^Approve/ })).toBeEnabled()
  })

  it('of the support team cannot be answered by the customer, only by staff', () => {
    const { unmount } = card({ request: { ...REQUEST, audience: 'operator' } })
    expect(screen.queryByRole('button', { name: /^(Approve|Edit|Reject)/ })).toBeNull()
    expect(screen.getByText('Waits for the support team')).toBeVisible()
    expect(screen.getByText(/you can go on chatting/)).toBeVisible()
    unmount()
    card({ request: { ...REQUEST, audience: 'operator' } }, 'operator')
    expect(screen.getByRole('button', { name: /^Approve/ })).toBeVisible()
  })

  it('of the support team can be taken back by the customer', async () => {
    const { user, onAnswer } = card({ request: { ...REQUEST, audience: 'operator' } })
    await user.click(screen.getByRole('button', { name: 'Take back: Cancel order 1042' }))
    expect(onAnswer).toHaveBeenCalledExactlyOnceWith({ approved: false })
  })

  it('says when the other side has changed the values', () => {
    const edited = { ...REQUEST, edited_from: { order_id: '1' }, edited_by: 'operator' as const }
    const { unmount } = card({ request: edited })
    expect(screen.getByText(/The support team has changed the values/)).toBeVisible()
    unmount()
    card({ request: { ...edited, audience: 'operator', edited_by: 'customer' } }, 'operator')
    expect(screen.getByText(/The customer has changed the values/)).toBeVisible()
  })

  it.each([
    [{ state: 'approved', next: 'operator' }, 'Now it waits for the support team, below.'],
    [{ state: 'approved' }, 'Carrying it out…'],
    [{ state: 'approved', outcome: { is: 'succeeded', summary: '' } }, 'Approved by you. Done.'],
    [
      { state: 'approved', outcome: { is: 'failed', summary: 'Shipped already.' } },
      'not done. Shipped already.',
    ],
    [{ state: 'approved', outcome: { is: 'unknown', summary: '' } }, 'it is not known whether it was done'],
    [{ state: 'rejected', by: 'operator' }, 'Rejected by the support team. Nothing was changed.'],
    [{ state: 'rejected', comment: 'No.' }, '“No.”'],
    [{ state: 'edited' }, 'Values changed.'],
    [{ state: 'expired', note: 'It has expired.' }, 'It has expired.'],
  ] satisfies [Partial<ApprovalItem>, string][])('%o is said as "%s"', (item, words) => {
    const { group } = card(item)
    expect(group).toHaveTextContent(words)
    expect(screen.queryByRole('button')).toBeNull()
  })
})
