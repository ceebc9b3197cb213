import { screen, within } from '@testing-library/react'
import { http } from 'msw'
import { describe, expect, it } from 'vitest'
import { show } from '../../testing/render'
import { good, refused } from '../../testing/server'
import { ApprovalsPage } from './approvals-page'
import { approvalsServer } from './test-server'
import { APPROVAL, AT, EVIDENCE, named } from './fixtures'

const { server, state } = approvalsServer()

describe('the approvals page', () => {
  it('says so where nothing waits', async () => {
    show(<ApprovalsPage />)
    expect(await screen.findByText(/Nothing waits for the support team/)).toBeVisible()
    expect(await screen.findByText(/has a known outcome/)).toBeVisible()
    expect(await screen.findByText(/No conversation has been handed over/)).toBeVisible()
  })

  it('lets staff decide, with a reason', async () => {
    state.approvals = [APPROVAL]
    const { user } = show(<ApprovalsPage />)
    const card = await screen.findByRole('group', { name: 'Refund 500 EUR' })
    await user.click(within(card).getByRole('button', { name: /^Reject/ }))
    await user.type(within(card).getByLabelText(/Why not/), 'Too much{Enter}')
    expect(await screen.findByText(/Nothing waits for the support team/)).toBeVisible()
    expect(state.posted).toEqual([
      ['/api/v1/approvals/i1/decision', { approved: false, comment: 'Too much' }],
    ])
  })

  it('shows what speaks for it: risk, customer, what the target says now, and what was said', async () => {
    state.approvals = [{ ...APPROVAL, card: { ...APPROVAL.card, given: ['customer'] } }]
    show(<ApprovalsPage />)
    const detail = await screen.findByRole('article', { name: 'Decide: Refund 500 EUR' })
    expect(detail).toHaveTextContent('Cannot be taken back')
    expect(detail).toHaveTextContent('Customer c-7, verified')
    expect(detail).toHaveTextContent('The customer has agreed to exactly this.')
    expect(await within(detail).findByText('Order 1042 is open.')).toBeVisible()
    expect(within(detail).getByRole('region', { name: "The target's answer" })).toHaveTextContent('open')
    const excerpt = within(detail).getByRole('list', { name: 'What was said last' })
    expect(await within(excerpt).findByText('I want my money back')).toBeVisible()
    expect(excerpt).toHaveTextContent('Look up an order: Order 1042 is on its way.')
    expect(state.requestedEvents).toContain('?after=30&limit=200')
  })

  it('says where there is nothing to look at, and who is not verified', async () => {
    state.approvals = [{ ...APPROVAL, customer: null }]
    server.use(
      http.get('*/api/v1/approvals/:id/evidence', () => good({ ...EVIDENCE, tool: null, data: null })),
    )
    show(<ApprovalsPage />)
    expect(await screen.findByText(/There is no read that shows/)).toBeVisible()
    expect(screen.getByText(/Who the customer is has not been verified/)).toBeVisible()
  })

  it('is used with the keyboard, and no single key decides', async () => {
    state.approvals = [named('i1', 'Delete it'), named('i2', 'Change it', { risk: 1 })]
    const { user } = show(<ApprovalsPage />)
    const queue = await screen.findByRole('list', { name: 'The queue' })
    const [first, second] = within(queue).getAllByRole('button')
    first?.focus()
    await user.keyboard('j')
    expect(second).toHaveFocus()
    expect(second).toHaveAttribute('aria-current', 'true')
    expect(await screen.findByRole('article', { name: 'Decide: Change it' })).toBeVisible()
    await user.keyboard('a')
    expect(screen.getByRole('button', { name: 'Approve: Change it' })).toHaveFocus()
    expect(state.posted).toEqual([])
    await user.keyboard('r')
    const why = screen.getByLabelText(/Why not/)
    expect(why).toHaveFocus()
    await user.keyboard('jar')
    expect(why).toHaveValue('jar')
    await user.click(screen.getByRole('button', { name: 'Back' }))
    screen.getByRole('button', { name: 'Edit: Change it' }).focus()
    await user.keyboard('k')
    expect(first).toHaveFocus()
  })

  it('shows more when there is more, and what was decided with who and why', async () => {
    const decided = {
      status: 'rejected',
      decided_at: AT,
      decided_by: 'operator',
      decided_name: 'ana',
    } as const
    state.approvals = ['i1', 'i2', 'i3'].map((id) => named(id, `Do ${id}`))
    state.history = [
      named('h1', 'Did it', { ...decided, comment: 'Too late' }),
      named('h2', 'Did that', decided),
    ]
    const { user } = show(<ApprovalsPage />)
    const queue = await screen.findByRole('list', { name: 'The queue' })
    expect(within(queue).getAllByRole('button')).toHaveLength(2)
    await user.click(screen.getByRole('button', { name: 'Show more' }))
    expect(await within(queue).findByText('Do i3')).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull()
    const line = screen.getByRole('link', { name: 'Did it' }).closest('li')
    expect(line).toHaveTextContent('Rejected by ana')
    expect(line).toHaveTextContent('“Too late”')
    await user.click(screen.getByRole('link', { name: 'Did it' }))
    const detail = await screen.findByRole('article', { name: 'Decide: Did it' })
    expect(within(detail).getByRole('status')).toHaveTextContent('Rejected by ana')
    expect(within(detail).queryByRole('button', { name: /^Approve/ })).toBeNull()
  })

  it('says when somebody else was first', async () => {
    state.approvals = [APPROVAL]
    server.use(
      http.post('*/api/v1/approvals/i1/decision', () =>
        refused(409, 'interrupt_answered', 'This approval has already been answered.'),
      ),
    )
    const { user } = show(<ApprovalsPage />)
    await user.click(await screen.findByRole('button', { name: /^Approve/ }))
    expect(await screen.findByRole('alert')).toHaveTextContent('already been answered')
  })
})
