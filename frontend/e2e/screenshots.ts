import { join } from 'node:path'
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
