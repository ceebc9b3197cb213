import type { Browser, BrowserContext } from '@playwright/test'
import { Chat } from './support/chat'
import { makeConversation } from './support/conversation'
import { Stack } from './support/stack'
import { expect, expectAccessible, expectNoSidewaysScroll, test } from './support/test'

const PHONE = { width: 360, height: 740 }

// A stack of its own, and a browser in which staff have signed in once.
test.describe('replay', () => {
  let stack: Stack
  let state: Awaited<ReturnType<BrowserContext['storageState']>>
  let threadId: string

  test.beforeAll(async ({ browser }) => {
    stack = await Stack.start({ DEMO_MODEL_DELAY_MS: '5' })
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(stack.signInLink)
    await expect(page.getByRole('heading', { name: 'Approvals' })).toBeVisible()
    threadId = await makeConversation(new Chat(page, stack.url))
    state = await context.storageState()
    await context.close()
  })

  test.afterAll(() => stack.stop())

  async function staff(browser: Browser, path: string, more: { phone?: boolean; dark?: boolean } = {}) {
    const context = await browser.newContext({
      storageState: state,
      ...(more.phone && { viewport: PHONE }),
      ...(more.dark && { colorScheme: 'dark' }),
    })
    const page = await context.newPage()
    await page.goto(stack.url + path)
    return page
  }

  test('a conversation is found by words and filters, and the filters live in the address', async ({
    browser,
  }) => {
    const page = await staff(browser, '/replay')
    const row = page.getByRole('article').filter({ hasText: 'Cancel order 1047' })
    await expect(async () => {
      await page.reload()
      await expect(row).toContainText('2 approvals', { timeout: 2000 })
    }).toPass()
    await expectAccessible(page)
    await page.getByRole('searchbox').fill('1050 cancel_order')
    await expect(page).toHaveURL(/\?text=1050\+cancel_order$/)
    await expect(row).toBeVisible()
    await page.getByRole('button', { name: /^Filters/ }).click()
    await expectAccessible(page)
    await page.getByLabel('Status').selectOption('Still open')
    await expect(page.getByText('No conversation is like that')).toBeVisible()
    await expectAccessible(page)
    await page.goBack()
    await expect(row).toBeVisible()
    await expect(page.getByRole('searchbox')).toHaveValue('1050 cancel_order')
    await row.getByRole('link').click()
    await expect(page.getByRole('heading', { name: 'Cancel order 1047' })).toBeVisible()
    await page.getByRole('link', { name: 'All conversations' }).click()
    await expect(page.getByRole('searchbox')).toHaveValue('1050 cancel_order')
    await page.context().close()
  })

  test('it is read step by step, with the mouse and with the keyboard', async ({ browser }) => {
    const page = await staff(browser, `/replay/${threadId}`)
    await expect(page.getByRole('button', { name: /Customer Cancel order 1047/ })).toBeVisible()
    await expectAccessible(page)
    await page
      .getByRole('button', { name: /To Order actions/ })
      .first()
      .click()
    await expect(page.getByRole('table').first()).toContainText('chosen')
    await expect(page).toHaveURL(/\?step=\d+$/)
    await expectAccessible(page)

    await page.keyboard.press('a')
    await page.keyboard.press('a')
    await expect(page.locator('del')).toHaveText('1047')
    await expect(page.getByRole('button', { name: /Customer was asked.*1050/ })).toBeFocused()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.keyboard.press('e')
    await expect(page.locator('[data-line]:focus')).toContainText('Failed')
    await page.keyboard.press('r')
    await expect(page.getByRole('region', { name: /as JSON/ })).toContainText('"outcome": "failed"')
    await expectAccessible(page)
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
    await expectAccessible(page)
    await page.context().close()
  })

  test('a link leads to a step, also after a reload', async ({ browser }) => {
    const page = await staff(browser, `/replay/${threadId}?step=3`)
    const step = page.locator('[data-line="3"]')
    await expect(step).toHaveAttribute('aria-expanded', 'true')
    await page.reload()
    await expect(step).toHaveAttribute('aria-expanded', 'true')
    await page.context().close()
  })

  test('it is played as the customer saw it', async ({ browser }) => {
    const page = await staff(browser, `/replay/${threadId}`)
    await page.getByText('Play', { exact: true }).click()
    await expect(page.getByRole('slider', { name: 'Position' })).toBeVisible()
    await expectAccessible(page)
    await page.getByLabel('Speed').selectOption('16')
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    const messages = page.getByRole('region', { name: 'Conversation' })
    await expect(messages).toContainText('Order 1050 has been cancelled', { timeout: 15_000 })
    await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible({ timeout: 15_000 })
    await expectAccessible(page)
    await page.getByRole('slider', { name: 'Position' }).fill('0')
    await expect(messages).not.toContainText('Order 1050 has been cancelled')
    await expect(messages).toContainText('Cancel order 1047')
    await page.context().close()
  })

  test('what goes on now is seen at once', async ({ browser, page }) => {
    const chat = new Chat(page, stack.url)
    await chat.open()
    await chat.ask('Where is order 1041?')
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    const watcher = await staff(browser, `/replay/${id}`)
    await expect(watcher.getByText('Live', { exact: true })).toBeVisible()
    await chat.ask('Do you have mugs in stock?')
    await expect(watcher.getByRole('button', { name: /Customer Do you have mugs in stock/ })).toBeVisible()
    await watcher.keyboard.press('p')
    await watcher.getByRole('button', { name: 'Watch live' }).click()
    await chat.ask('Where is order 1044?')
    const messages = watcher.getByRole('region', { name: 'Conversation' })
    await expect(messages.getByText('Where is order 1044?')).toBeVisible()
    await expectAccessible(watcher)
    await watcher.context().close()
  })

  test('it is exported, redacted and deleted, each after saying what that means', async ({
    browser,
    page,
  }) => {
    const chat = new Chat(page, stack.url)
    await chat.open()
    await chat.ask('My name is Robin Vale, where is order 1041?')
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    const staffPage = await staff(browser, `/replay/${id}`)
    await staffPage.getByRole('button', { name: 'Keep' }).click()
    await expectAccessible(staffPage)
    const saved = staffPage.waitForEvent('download')
    await staffPage.getByRole('link', { name: /JSON/ }).click()
    expect((await saved).suggestedFilename()).toBe(`conversation-${id}.json`)
    await expectAccessible(staffPage)

    await staffPage.getByRole('button', { name: 'Keep' }).click()
    await staffPage.getByRole('button', { name: 'Redact…' }).click()
    const dialog = staffPage.getByRole('dialog', { name: 'Redact this conversation?' })
    await expect(dialog).toContainText('Goes, for good')
    await expectAccessible(staffPage)
    await dialog.getByRole('button', { name: 'Redact it' }).click()
    await expect(staffPage.getByText(/was taken out/)).toBeVisible()
    await expect(staffPage.getByText('Robin Vale')).toHaveCount(0)
    await expect(staffPage.getByRole('button', { name: /Customer \[redacted\]/ })).toBeVisible()
    await expectAccessible(staffPage)

    await staffPage.getByRole('button', { name: 'Keep' }).click()
    await staffPage.getByRole('button', { name: 'Delete…' }).click()
    await expectAccessible(staffPage)
    await staffPage.getByRole('button', { name: 'Delete it' }).click()
    await expect(staffPage).toHaveURL(/\/replay$/)
    await staffPage.goto(`${stack.url}/replay/${id}`)
    await expect(staffPage.getByRole('heading', { name: 'There is no such conversation' })).toBeVisible()
    await expectAccessible(staffPage)
    await staffPage.context().close()
  })

  for (const dark of [false, true]) {
    test(`it fits a phone, ${dark ? 'dark' : 'light'}`, async ({ browser }) => {
      const page = await staff(browser, '/replay', { phone: true, dark })
      await expect(page.getByRole('article').first()).toBeVisible()
      await page.getByRole('button', { name: /^Filters/ }).click()
      await expectNoSidewaysScroll(page)
      await expectAccessible(page)
      await page.goto(`${stack.url}/replay/${threadId}?step=3`)
      await expect(page.getByRole('table')).toBeVisible()
      await expectNoSidewaysScroll(page)
      await expectAccessible(page)
      await page.goto(`${stack.url}/replay/${threadId}?view=play`)
      await page.getByRole('slider', { name: 'Position' }).press('End')
      await expect(page.getByText('Order 1050 has been cancelled').first()).toBeVisible()
      await expectNoSidewaysScroll(page)
      await expectAccessible(page)
      await page.context().close()
    })
  }
})
