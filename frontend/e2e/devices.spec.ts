import { expect, expectAccessible, expectNoSidewaysScroll, test } from './support/test'

const PHONE = { width: 360, height: 740 }

test.describe('on a phone, in the dark, and without a mouse', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`the main job fits ${PHONE.width} pixels, ${colorScheme}`, async ({ chat, page }) => {
      await page.setViewportSize(PHONE)
      await page.emulateMedia({ colorScheme })
      await chat.open()
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
      await expectNoSidewaysScroll(page)
      await expectAccessible(page)
      await chat.ask('Where is order 1044?')
      await chat.ask('Cancel order 1042')
      await expect(chat.card(/cancel/i).getByRole('button', { name: /^Approve/ })).toBeInViewport()
      await chat
        .card(/cancel/i)
        .getByText('Exactly what will be sent')
        .click()
      await expectNoSidewaysScroll(page)
      await expectAccessible(page)
      await chat
        .card(/cancel/i)
        .getByRole('button', { name: /^Edit/ })
        .click()
      await expectNoSidewaysScroll(page)
      await expectAccessible(page)
    })
  }

  test('colours are chosen, kept, and there from the first moment', async ({ chat, page }) => {
    await page.emulateMedia({ colorScheme: 'light' })
    await chat.open()
    const toggle = page.getByRole('button', { name: /^Colours/ })
    await toggle.click()
    await toggle.click()
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
    await page.reload({ waitUntil: 'commit' })
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  })

  test('everything can be done with the keyboard', async ({ chat, page }) => {
    await chat.open()
    const skip = page.getByRole('link', { name: 'Skip to content' })
    await skip.focus()
    await expect(skip).toBeInViewport()
    await page.keyboard.press('Enter')
    await expect(page.locator('#main')).toBeFocused()

    await chat.composer.focus()
    await page.keyboard.type('Cancel order 1042')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('please')
    await expect(chat.composer).toHaveValue('Cancel order 1042\nplease')
    await page.keyboard.press('Enter')
    const card = chat.card(/cancel/i)
    await expect(card).toBeVisible()
    await expect(chat.composer).toBeFocused()
    await expect(page.locator('[aria-live="polite"]')).toContainText('Approval needed')

    const reject = card.getByRole('button', { name: /^Reject/ })
    for (let steps = 0; steps < 10; steps += 1) {
      await page.keyboard.press('Shift+Tab')
      if (await reject.evaluate((button) => button === document.activeElement)) break
    }
    await expect(reject).toBeFocused()
    await page.keyboard.press('Enter')
    await page.keyboard.type('Not today')
    await page.keyboard.press('Enter')
    await expect(card).toContainText('Rejected by you. Nothing was changed. “Not today”')
    await expect(card).toBeFocused()
  })

  test('somebody who reads further up stays there, and finds the way back', async ({ chat, page }) => {
    await page.setViewportSize({ width: 700, height: 420 })
    await chat.open()
    await chat.ask('Where is order 1044?')
    await chat.ask('Do you have mugs in stock?')
    await chat.send('Where is order 1041?')
    await expect(chat.answers.last()).toContainText('Order')
    const scroller = page.getByRole('region', { name: 'Conversation' })
    await scroller.hover()
    await page.mouse.wheel(0, -2000)
    const jump = page.getByRole('button', { name: 'Jump to latest' })
    await expect(jump).toBeVisible()
    await expectAccessible(page)
    await chat.rest()
    expect(await scroller.evaluate((box) => box.scrollTop)).toBeLessThan(50)
    await jump.click()
    await expect(jump).toBeHidden()
    await expect(chat.answers.last()).toBeInViewport()
  })

  test('a rating is asked for at the end', async ({ chat, page }) => {
    await chat.open()
    await chat.ask('Where is order 1044?')
    await chat.ask('Thanks, that is all. Goodbye!')
    const rating = page.getByRole('region', { name: 'Your rating' })
    await expect(rating).toBeVisible()
    await expectAccessible(page)
    await rating.getByRole('button', { name: '5 of 5: Very good' }).click()
    await expect(rating).toContainText('Thank you')
    await page.reload()
    await expect(rating.getByRole('button', { name: '5 of 5: Very good' })).toHaveAttribute(
      'aria-pressed',
      'true',
    )
  })
})
