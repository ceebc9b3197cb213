import { expect, expectAccessible, test, type Page } from './support/test'

/** How often each message of the customer stands in the conversation. */
async function saidTexts(page: Page): Promise<string[]> {
  return page.locator('li[data-kind="customer"] > article > div:first-child').allTextContents()
}

test.describe('nothing is lost and nothing is repeated', () => {
  test('after a reload in the middle of an answer', async ({ chat, page }) => {
    await chat.open()
    await chat.send('Where is order 1041?')
    await expect(chat.answers.last()).toContainText('Order')
    await page.reload()
    await expect(chat.answers).toHaveCount(1)
    await chat.rest()
    await expect(chat.answers.last()).toContainText(/Order 1041.*EUR/s)
    expect(await saidTexts(page)).toEqual(['Where is order 1041?'])
    await expect(chat.tools).toHaveCount(1)
  })

  test('after a reload, and a visit to the front page, with a card open', async ({ chat, page, stack }) => {
    const before = (await stack.order(1042)).status
    await chat.open()
    await chat.ask('Cancel order 1042')
    await expect(chat.card(/cancel/i)).toBeVisible()
    const address = page.url()
    await page.reload()
    await expect(chat.card(/cancel/i).getByRole('button', { name: /^Approve/ })).toBeVisible()
    await chat.open('/')
    await expect(page).toHaveURL(address)
    await chat
      .card(/cancel/i)
      .getByRole('button', { name: /^Reject/ })
      .click()
    await chat
      .card(/cancel/i)
      .getByRole('button', { name: 'Reject' })
      .click()
    await expect(chat.card(/cancel/i)).toContainText('Rejected by you')
    await page.reload()
    await expect(chat.card(/cancel/i)).toContainText('Rejected by you')
    expect((await stack.order(1042)).status).toBe(before)
  })

  test('when the connection is cut, the page says so, keeps what is written and goes on', async ({
    chat,
    page,
    stack,
  }) => {
    await chat.open()
    await chat.send('Where is order 1044?')
    await expect(chat.answers.last()).toContainText('Order')
    await stack.stopNginx()
    await expect(page.getByText('Connection lost.')).toBeVisible()
    await expect(page.getByText(/Trying again in \d+ s\./)).toBeVisible()
    await expectAccessible(page)
    await chat.send('Where is order 1045?')
    await expect(chat.messages.last()).toContainText('Sending…')
    await stack.startNginx()
    await page
      .getByRole('button', { name: 'Try now' })
      .click({ timeout: 3000 })
      .catch(() => undefined) // it may have come back by itself
    await expect(page.getByText('Connected again.')).toBeVisible()
    await expect(chat.answers).toHaveCount(2)
    await chat.rest()
    await expect(chat.answers.last()).toContainText('1045')
    expect(await saidTexts(page)).toEqual(['Where is order 1044?', 'Where is order 1045?'])
  })

  test('when the backend is killed while it answers', async ({ chat, page, stack }) => {
    await chat.open()
    await chat.send('Where is order 1048?')
    await expect(chat.answers.last()).toContainText('Order')
    await stack.killBackend()
    await expect(page.getByText('Connection lost.')).toBeVisible()
    await stack.startBackend()
    await expect(page.getByText('Connected again.')).toBeVisible({ timeout: 20_000 })
    await expect(chat.answers.last()).toContainText(/Order 1048.*EUR/s, { timeout: 20_000 })
    await chat.rest()
    await expect(chat.answers).toHaveCount(1)
    expect(await saidTexts(page)).toEqual(['Where is order 1048?'])
  })

  test('when the backend is killed with a card open: it is there, and acts once', async ({
    chat,
    page,
    stack,
  }) => {
    await chat.open()
    await chat.ask('Cancel order 1047')
    const approve = chat.card(/cancel/i).getByRole('button', { name: /^Approve/ })
    await expect(approve).toBeVisible()
    await stack.killBackend()
    await expect(page.getByText('Connection lost.')).toBeVisible()
    // Said while nobody hears it, carried out when somebody does.
    await approve.click()
    await expect(chat.card(/cancel/i)).toContainText('on its way')
    await stack.startBackend()
    await expect(chat.card(/cancel/i)).toContainText('Done.', { timeout: 20_000 })
    expect((await stack.order(1047)).status).toBe('cancelled')
    await page.reload()
    await expect(chat.card(/cancel/i)).toHaveCount(1)
    await expect(chat.card(/cancel/i)).toContainText('Done.')
  })

  test('when the answer is stopped: what was said is kept', async ({ chat, page }) => {
    await chat.open()
    await chat.send('Where is order 1049?')
    await expect(chat.answers.last()).toContainText('Order')
    await chat.stopButton.click()
    await expect(page.locator('li[data-kind="stopped"]')).toBeVisible()
    const kept = await chat.answers.last().locator('article > div').last().textContent()
    await page.reload()
    await expect(page.locator('li[data-kind="stopped"]')).toBeVisible()
    await expect(chat.answers.last()).toContainText(kept ?? '')
    await expect(chat.stopButton).toBeHidden()
    await chat.ask('Where is order 1049?')
    await expect(chat.answers.last()).toContainText(/EUR/)
  })

  test('in two windows: both show the same', async ({ chat, page, context }) => {
    await chat.open()
    await chat.ask('Where is order 1044?')
    const other = await context.newPage()
    await other.goto(page.url())
    await expect(other.locator('li[data-kind="agent"]')).toHaveCount(1)
    await chat.send('Where is order 1041?')
    await expect(other.locator('li[data-kind="agent"]').last()).toContainText('1041')
    await chat.rest()
    await expect(other.locator('li[data-kind="agent"]')).toHaveText(await chat.answers.allTextContents())
  })
})
