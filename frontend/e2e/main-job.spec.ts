import { expect, expectAccessible, test } from './support/test'

test.describe('the main job', () => {
  test('a question is answered from the real system, as it is written', async ({ chat, page }) => {
    await chat.open()
    await expect(page.getByText('demo model')).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Where is order 1042?' }).click()
    await expect(chat.stopButton).toBeVisible()
    // The answer is there before it is whole.
    await expect(chat.answers.last()).toContainText('Order 1042')
    await expect(chat.answers.last().getByRole('article')).toHaveAttribute('aria-busy', 'true')
    await chat.rest()
    await expect(chat.answers.last().getByRole('article')).toHaveAttribute('aria-label', 'Order lookup')
    await expect(chat.answers.last()).toContainText('processing')
    await expect(chat.composer).toBeFocused()

    await chat.tools.last().locator('summary').click()
    await expect(chat.tools.last()).toContainText('"order_id"')
    await expectAccessible(page)
  })

  test('a rejected action changes nothing, an approved one acts once and only then is it said', async ({
    chat,
    page,
    stack,
  }) => {
    await chat.open()
    await chat.ask('Cancel order 1042')
    const card = chat.card(/cancel/i)
    await expect(card).toContainText('1042')
    await expect(card).toContainText('min left')
    await card.getByText('Exactly what will be sent').click()
    await expect(card).toContainText('/orders/1042/cancel')
    await expectAccessible(page)

    await card.getByRole('button', { name: /^Reject/ }).click()
    await card.getByLabel(/Why not/).fill('I changed my mind')
    await expectAccessible(page)
    await card.getByRole('button', { name: 'Reject' }).click()
    await expect(card).toContainText('Rejected by you')
    await chat.rest()
    expect((await stack.order(1042)).status).toBe('processing')
    await expectAccessible(page)

    await chat.ask('Cancel order 1042')
    const again = chat.card(/cancel/i).last()
    await again.getByRole('button', { name: /^Approve/ }).dblclick()
    await expect(again).toContainText('Approved by you. Done.')
    await chat.rest()
    await expect(chat.answers.last()).toContainText(/cancelled/i)
    expect((await stack.order(1042)).status).toBe('cancelled')
    await chat.ask('Where is order 1042?')
    await expect(chat.answers.last()).toContainText(/cancelled/i)
  })

  test('edited values are checked, shown again as edited, and only then sent', async ({
    chat,
    page,
    stack,
  }) => {
    await chat.open()
    await chat.ask('Cancel order 1047')
    const card = chat.card(/cancel/i).first()
    await card.getByRole('button', { name: /^Edit/ }).click()
    await expectAccessible(page)
    await card.getByLabel('Order id').fill('1050')
    await card.getByRole('button', { name: 'Check changes' }).click()
    const edited = chat.card(/cancel/i).last()
    await expect(card).toContainText('Values changed')
    await expect(edited.locator('del')).toHaveText('1047')
    await expect(edited).toContainText('1050')
    await expectAccessible(page)
    await edited.getByRole('button', { name: /^Approve/ }).click()
    await expect(edited).toContainText('Done.')
    expect((await stack.order(1047)).status).toBe('processing')
    expect((await stack.order(1050)).status).toBe('cancelled')
  })

  test('two things asked for are done in order, the second after the first', async ({ chat, stack }) => {
    await chat.open()
    await chat.ask('Cancel order 1043 and give me a 10% coupon')
    const cancel = chat.card(/cancel/i)
    await expect(cancel).toBeVisible()
    await expect(chat.card(/coupon/i)).toHaveCount(0)
    await cancel.getByRole('button', { name: /^Approve/ }).click()
    const coupon = chat.card(/coupon/i)
    await expect(coupon).toBeVisible()
    expect((await stack.order(1043)).status).toBe('cancelled')
    await coupon.getByRole('button', { name: /^Approve/ }).click()
    await expect(coupon).toContainText('Done.')
    await chat.rest()
    await expect(chat.answers.last()).toContainText(/coupon|%/i)
  })

  test('a vague wish is asked back, a policy is answered, and a person can be had', async ({
    chat,
    page,
  }) => {
    await chat.open()
    await chat.ask('Do the thing')
    const question = page.getByRole('article', { name: 'A question for you' })
    await expect(question).toBeVisible()
    await expectAccessible(page)
    const option = question.getByRole('button').first()
    const words = (await option.textContent()) ?? ''
    await option.click()
    await expect(chat.messages.last()).toContainText(words)
    await expect(question.first().getByRole('button')).toHaveCount(0)
    await chat.rest()

    await chat.ask('What is your refund policy?')
    await expect(chat.answers.last()).toContainText(/refund/i)
    await chat.ask('I want to talk to a person')
    await expect(page.getByRole('article', { name: 'Handed over to a person' })).toBeVisible()
    await expectAccessible(page)
  })
})
