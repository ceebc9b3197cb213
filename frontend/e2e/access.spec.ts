import { Chat } from './support/chat'
import { signInByKey } from './support/staff'
import { expect, expectAccessible, expectNoSidewaysScroll, test } from './support/test'

test.describe('who may see what', () => {
  test('a conversation of somebody else is as good as unknown', async ({ chat, page, browser, stack }) => {
    await chat.open()
    await chat.ask('Where is order 1041?')
    const stranger = await browser.newContext()
    const theirs = new Chat(await stranger.newPage(), stack.url)
    await theirs.open(new URL(page.url()).pathname)
    await expect(theirs.page.getByText('There is no such conversation here.')).toBeVisible()
    await expect(theirs.answers).toHaveCount(0)
    await expectAccessible(theirs.page)
    await theirs.page.getByRole('button', { name: 'Start a new conversation' }).click()
    await expect(theirs.composer).toBeVisible()
    await expect(theirs.page.getByRole('list', { name: 'Examples' })).toBeVisible()
    await stranger.close()
  })

  test('staff pages ask to sign in, and the one-time link does so once', async ({
    chat,
    page,
    stack,
    browser,
  }) => {
    await chat.open()
    await page.goto(`${stack.url}/approvals`)
    await expect(page.getByRole('heading', { name: 'Sign in as staff' })).toBeVisible()
    await expectAccessible(page)
    await signInByKey(page, 'not-the-right-key')
    await expect(page.getByRole('alert')).toBeVisible()

    await page.goto(stack.signInLink)
    await expect(page.getByRole('heading', { name: 'Approvals' })).toBeVisible()
    expect(page.url()).not.toContain('code')
    await expect(page.getByText('Nothing waits for the support team.')).toBeVisible()
    await expect(page.getByText('Every action that was sent has a known outcome.')).toBeVisible()
    await expectAccessible(page)

    const second = await browser.newPage()
    await second.goto(stack.signInLink)
    await expect(second.getByRole('alert')).toBeVisible()
    await second.close()
  })

  test('staff see who was handed over, on a phone too', async ({ chat, page, stack }) => {
    await stack.stopBackend()
    await stack.startBackend()
    await page.setViewportSize({ width: 360, height: 740 })
    await page.goto(stack.signInLink)
    await expect(page.getByRole('heading', { name: 'Approvals' })).toBeVisible()
    await chat.open()
    await chat.ask('I want to talk to a person')
    await page.getByRole('link', { name: 'Approvals' }).click()
    await expect(page.getByText(/No webhook is set up/).first()).toBeVisible()
    await expectAccessible(page)
    await expectNoSidewaysScroll(page)
  })

  test('an address that is not there says so', async ({ chat, page }) => {
    await chat.open()
    await page.goto(new URL('/nowhere/at/all', page.url()).href)
    await expect(page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Go to the chat' }).click()
    await expect(chat.composer).toBeVisible()
  })

  test('a conversation that has expired gives way to a new one, and what was written is kept', async ({
    chat,
    page,
    stack,
  }) => {
    await stack.stopBackend()
    await stack.startBackend({ SESSION_TTL_SECONDS: '1' })
    await chat.open()
    await chat.ask('Where is order 1041?')
    await expect(async () => {
      await page.reload()
      await expect(page.getByRole('button', { name: 'Start a new conversation' })).toBeVisible({
        timeout: 2000,
      })
    }).toPass({ timeout: 15_000 })
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Start a new conversation' }).click()
    await expect(page.getByRole('list', { name: 'Examples' })).toBeVisible()
    await stack.stopBackend()
    await stack.startBackend()
  })
})
