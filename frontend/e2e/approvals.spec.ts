import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recordedEvents, recordApprovalStream, STAFF_KEY, staffAt } from './support/staff'
import { Stack } from './support/stack'
import { expect, expectAccessible, expectNoSidewaysScroll, test as base } from './support/test'

const AGENTS = `
fallback: order_actions
apis:
  - name: shop
    document: \${DEMO_APIS_URL}/shop/openapi.json
    base_url: \${DEMO_APIS_URL}/shop
    consent: {cancel_order: operator, create_coupon: both}
agents:
  - name: order_actions
    description: Looks orders up, cancels them and gives coupons.
    permission: write
    tools: [cancel_order, create_coupon, get_order, hand_over]
    examples: [Cancel order 1042, Where is order 1042?, Give me a 10% coupon]
`

/** A Smart Support whose orders are cancelled by the support team only. */
const test = base.extend<object, { stack: Stack }>({
  stack: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from the pattern
    async ({}, provide) => {
      const folder = mkdtempSync(join(tmpdir(), 'smart-support-agents-'))
      writeFileSync(join(folder, 'agents.yaml'), AGENTS)
      const stack = await Stack.start({
        AGENTS_FILE: join(folder, 'agents.yaml'),
        ADMIN_KEY: STAFF_KEY,
      })
      await provide(stack)
      await stack.stop()
      rmSync(folder, { recursive: true, force: true })
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})

test.describe('what the support team decides', () => {
  test('waits in the chat, is seen at once by staff, and goes on by itself', async ({
    chat,
    page,
    stack,
    browser,
  }) => {
    const staff = await staffAt(stack, browser)
    await expect(staff.getByText('Nothing waits for the support team.')).toBeVisible()
    await recordApprovalStream(staff)
    await chat.open()
    await chat.ask('Cancel order 1042')
    // The stream comes through nginx as it is written, not when it ends.
    await expect.poll(() => recordedEvents(staff)).toEqual(['{"waiting":0}', '{"waiting":1}'])
    await expect(staff.getByRole('link', { name: 'Approvals 1 waits for a decision' })).toBeVisible()
    const card = chat.card(/cancel/i)
    await expect(card).toContainText('Waits for the support team')
    await expect(card).toContainText('you can go on chatting')
    await expect(card.getByRole('button', { name: /^(Approve|Edit|Reject)/ })).toHaveCount(0)
    await expectAccessible(page)
    await chat.ask('Where is order 1043?')
    await expect(chat.answers.last()).toContainText('1043')

    // Without a reload: the queue, the card, what the shop says now, and what was said.
    const detail = staff.getByRole('article', { name: /^Decide: cancel/i })
    await expect(detail).toBeVisible()
    await expect(detail.getByRole('region', { name: "The target's answer" })).toContainText('processing')
    await expect(detail.getByRole('list', { name: 'What was said last' })).toContainText('Cancel order 1042')
    await detail.getByText('Exactly what will be sent').click()
    await expect(detail).toContainText('/orders/1042/cancel')
    await expectAccessible(staff)
    expect((await stack.order(1042)).status).toBe('processing')

    await detail.getByRole('button', { name: /^Approve/ }).click()
    await expect(detail.getByText(/^Approved by admin/)).toBeVisible()
    await expect(card).toContainText('Approved by the support team. Done.')
    await chat.rest()
    expect((await stack.order(1042)).status).toBe('cancelled')
    await expect(staff.getByRole('region', { name: 'Decided' })).toContainText('Approved by admin')
    await staff.context().close()
  })

  test('is rejected with a reason, with the keyboard, and the customer is told it', async ({
    chat,
    stack,
    browser,
  }) => {
    const staff = await staffAt(stack, browser)
    await chat.open()
    await chat.ask('Cancel order 1047')
    const detail = staff.getByRole('article', { name: /^Decide: cancel/i })
    await expect(detail).toContainText('1047')
    await staff.getByRole('list', { name: 'The queue' }).getByRole('button').first().focus()
    await staff.keyboard.press('r')
    await staff.keyboard.type('It is packed already.')
    await expectAccessible(staff)
    await staff.keyboard.press('Enter')
    await expect(chat.card(/cancel/i)).toContainText('Rejected by the support team')
    await expect(chat.card(/cancel/i)).toContainText('It is packed already.')
    await chat.rest()
    expect((await stack.order(1047)).status).toBe('processing')
    await staff.context().close()
  })

  test('is decided once, and whoever comes second learns who was first', async ({ chat, stack, browser }) => {
    const [first, second] = [await staffAt(stack, browser), await staffAt(stack, browser)]
    await chat.open()
    await chat.ask('Cancel order 1050')
    const mine = first.getByRole('article', { name: /^Decide: cancel/i })
    const theirs = second.getByRole('article', { name: /^Decide: cancel/i })
    await expect(theirs).toContainText('1050')
    await mine.getByRole('button', { name: /^Approve/ }).click()
    await expect(theirs.getByText(/^Approved by admin/)).toBeVisible()
    await expect(theirs.getByRole('button', { name: /^Approve/ })).toHaveCount(0)
    await chat.rest()
    expect((await stack.order(1050)).status).toBe('cancelled')
    await first.context().close()
    await second.context().close()
  })

  test('can be taken back by the customer, on a phone and in the dark', async ({
    chat,
    page,
    stack,
    browser,
  }) => {
    await page.setViewportSize({ width: 360, height: 740 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await chat.open()
    await chat.ask('Cancel order 1043')
    const card = chat.card(/cancel/i)
    await expectAccessible(page)
    await expectNoSidewaysScroll(page)

    const staff = await staffAt(stack, browser)
    await staff.setViewportSize({ width: 360, height: 740 })
    await staff.emulateMedia({ colorScheme: 'dark' })
    await expect(staff.getByRole('article', { name: /^Decide: cancel/i })).toContainText('1043')
    await expectAccessible(staff)
    await expectNoSidewaysScroll(staff)

    await card.getByRole('button', { name: /^Take back/ }).click()
    await expect(card).toContainText('Rejected by you')
    await expect(staff.getByText(/^Rejected by the customer/).first()).toBeVisible()
    await chat.rest()
    expect((await stack.order(1043)).status).toBe('processing')
    await staff.context().close()
  })
})

test.describe('what the customer and the support team decide', () => {
  test('is asked of the customer first; what staff change comes back to the customer', async ({
    chat,
    page,
    stack,
    browser,
  }) => {
    await chat.open()
    await chat.ask('Give me a 10% coupon')
    const cards = chat.card(/coupon/i)
    await cards
      .first()
      .getByRole('button', { name: /^Approve/ })
      .click()
    await expect(cards.first()).toContainText('Now it waits for the support team')
    await expect(cards.last()).toContainText('Waits for the support team')

    const staff = await staffAt(stack, browser)
    const detail = staff.getByRole('article', { name: /^Decide:/ })
    await expect(detail).toContainText('The customer has agreed to exactly this.')
    await detail.getByRole('button', { name: /^Edit/ }).click()
    await detail.getByLabel(/percent/i).fill('15')
    await detail.getByRole('button', { name: 'Check changes' }).click()
    await staff
      .getByRole('list', { name: 'The queue' })
      .getByRole('button', { name: /Percent 15/ })
      .click()
    await expect(detail.locator('del')).toHaveText('10')
    await detail.getByRole('button', { name: /^Approve/ }).click()

    await expect(cards.last()).toContainText('The support team has changed the values')
    await expectAccessible(page)
    await cards
      .last()
      .getByRole('button', { name: /^Approve/ })
      .click()
    await expect(cards.last()).toContainText('Approved by you. Done.')
    await staff.context().close()
  })
})
