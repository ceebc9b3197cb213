import { join } from 'node:path'
import { Chat } from './support/chat'
import { makeConversation } from './support/conversation'
import { Review } from './support/review'
import { Stack } from './support/stack'
import { expect, test } from './support/test'

const IMAGES = join(import.meta.dirname, '../../docs/images')

test.use({ deviceScaleFactor: 2, timezoneId: 'UTC' })

test('the chat on a desktop, with an approval', async ({ chat, page }) => {
  await page.setViewportSize({ width: 1000, height: 830 })
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await chat.open()
  await chat.ask('Where is order 1042?')
  await chat.ask('Cancel order 1042')
  await expect(chat.card(/cancel/i)).toBeVisible()
  await page.screenshot({ path: join(IMAGES, 'chat.png') })
})

test('the chat on a phone, in the dark', async ({ chat, page }) => {
  await page.setViewportSize({ width: 390, height: 780 })
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await chat.open()
  await chat.ask('Give me a 10% coupon')
  const card = chat.card(/coupon/i)
  await card.getByRole('button', { name: /^Approve/ }).click()
  await expect(card).toContainText('Done.')
  await chat.rest()
  await page.screenshot({ path: join(IMAGES, 'chat-phone-dark.png') })
})

test('the review of an API on a desktop, and one operation of it', async ({ page, stack }) => {
  await page.setViewportSize({ width: 1200, height: 860 })
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.goto(stack.signInLink)
  await expect(page.getByRole('heading', { name: 'Approvals' })).toBeVisible()
  const review = new Review(page, stack)
  await review.open()
  await review.give(`${stack.demo('saas')}/openapi.json`)
  await expect(review.line('Look up my subscription')).toBeVisible()
  const line = review.line('Change the number of seats')
  await line.getByRole('button', { name: /^Why/ }).click()
  await page.mouse.move(0, 0)
  await page.screenshot({ path: join(IMAGES, 'api-review.png') })
  await review.openPanel('Change the number of seats')
  await page.screenshot({ path: join(IMAGES, 'api-review-operation.png') })
  await review.closePanel()
  await page.setViewportSize({ width: 390, height: 780 })
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await page.locator('#main').evaluate((scroller) => scroller.scrollTo({ top: 420 }))
  await page.screenshot({ path: join(IMAGES, 'api-review-phone-dark.png') })
})

test('the dashboard on a desktop, and on a phone in the dark', async ({ page }) => {
  test.setTimeout(120_000)
  // Its own: the link to sign in works once, and conversations of the demo belong on no other picture.
  const stack = await Stack.start()
  try {
    stack.seed(6000)
    await page.goto(stack.signInLink)
    await expect(page.getByRole('link', { name: 'Dashboard' })).toBeVisible()
    const drawn = page.locator('figure .recharts-area-curve')

    await page.setViewportSize({ width: 1180, height: 1240 })
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await page.goto(`${stack.url}/dashboard?range=30d`)
    await expect(drawn).toHaveCount(7)
    await page.screenshot({ path: join(IMAGES, 'dashboard.png') })

    await page.setViewportSize({ width: 390, height: 780 })
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
    await page.goto(`${stack.url}/dashboard`)
    await expect(drawn).toHaveCount(7)
    await page.screenshot({ path: join(IMAGES, 'dashboard-phone-dark.png') })
  } finally {
    await stack.stop()
  }
})

test('a conversation read step by step, played, and found on a phone in the dark', async ({ page }) => {
  test.setTimeout(120_000)
  const stack = await Stack.start({ DEMO_MODEL_DELAY_MS: '5' })
  try {
    await page.setViewportSize({ width: 1200, height: 900 })
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await page.goto(stack.signInLink)
    await expect(page.getByRole('link', { name: 'Replay' })).toBeVisible()
    const threadId = await makeConversation(new Chat(page, stack.url))
    stack.seed(300)

    await page.goto(`${stack.url}/replay/${threadId}`)
    await page
      .getByRole('button', { name: /To Order actions/ })
      .first()
      .click()
    await expect(page.getByRole('table').first()).toContainText('chosen')
    await page.mouse.move(0, 0)
    await page.screenshot({ path: join(IMAGES, 'replay.png') })

    await page.setViewportSize({ width: 390, height: 780 })
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
    await page.goto(`${stack.url}/replay`)
    await expect(page.getByRole('article').nth(3)).toBeVisible()
    await page.screenshot({ path: join(IMAGES, 'replay-phone-dark.png') })
  } finally {
    await stack.stop()
  }
})
