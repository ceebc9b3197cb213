import { describeApi } from './support/document-server'
import { DROP, LIST, many, SHOW, STOP } from './support/parcels'
import { test } from './support/review'
import { expect, expectAccessible, expectNoSidewaysScroll } from './support/test'

const PHONE = { width: 360, height: 740 }

// Each looks with axe at every state of the page, on a machine that may be busy.
test.describe.configure({ timeout: 120_000 })

test.describe('the review', () => {
  test('of two people at once tells the second what the first did', async ({ review, colleague, page }) => {
    await review.give(describeApi('Parcels of two', [LIST, STOP]))
    await expect(review.line('Stop a parcel')).toBeVisible()
    await colleague.open(new URL(page.url()).pathname)
    await review.openPanel('Stop a parcel')
    await colleague.openPanel('Stop a parcel')

    await review.panel.getByLabel('Title').fill('Hold a parcel back')
    await colleague.panel.getByRole('radio', { name: /^Both/ }).check()
    await colleague.panel.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(colleague.panel.getByText('Saved.')).toBeVisible()

    const conflict = review.panel.getByRole('alert')
    await expect(conflict).toContainText('edited this meanwhile')
    await expect(conflict).toContainText('Both')
    await expectAccessible(page)
    await conflict.getByRole('button', { name: 'Apply mine to theirs' }).click()
    await expect(review.panel.getByText('Saved.')).toBeVisible()
    await colleague.closePanel()
    await expect(colleague.line('Hold a parcel back')).toContainText('Both')
  })

  test('is done with the keyboard alone', async ({ review, page }) => {
    await review.give(describeApi('Parcels by hand', [LIST, SHOW, STOP, DROP]))
    await expect(review.line('List the parcels')).toBeVisible()
    await page.getByLabel('By agent').uncheck()
    await page.keyboard.press('j')
    await expect(review.line('List the parcels')).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Shift+Space')
    await expect(page.getByText('2 operations selected')).toBeVisible()
    await expectAccessible(page)
    await page.getByLabel('Set consent of the selected').selectOption('both')
    await expect(page.getByText('2 changed.')).toBeVisible()
    await expect(review.line('Delete a parcel')).toContainText('Both')
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.keyboard.press('/')
    await page.keyboard.type('stop')
    await expect(page.getByText(/^1 of 4 operations/)).toBeVisible()
    await page.reload()
    await expect(page.getByLabel('Search operations')).toHaveValue('stop')
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
    await expect(page.getByText('these keys')).toBeVisible()
    await expectAccessible(page)
  })

  test('asks before something unsaved is left, and goes back to the line', async ({ review, page }) => {
    await review.give(describeApi('Parcels unsaved', [LIST, STOP]))
    await review.openPanel('Stop a parcel')
    await review.panel.getByLabel('Title').fill('Hold a parcel back')
    await page.keyboard.press('Escape')
    const question = page.getByRole('dialog', { name: 'Leave without saving?' })
    await expect(question).toBeVisible()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await expect(question).toBeHidden()
    await expect(review.panel.getByLabel('Title')).toHaveValue('Hold a parcel back')
    await page.keyboard.press('Escape')
    await question.getByRole('button', { name: 'Discard the change' }).click()
    await expect(review.panel).toHaveCount(0)
    await expect(review.line('Stop a parcel')).toBeFocused()
  })

  test('of 1,200 operations has only those in the page that are in sight', async ({ review, page }, info) => {
    await review.give(describeApi('Many parcels', many(1200)))
    await expect(page.getByText('1200 operations', { exact: true })).toBeVisible({ timeout: 60_000 })
    await page.getByLabel('By agent').uncheck()
    await expect(review.line('Show shelf 0')).toBeVisible()
    const measured = await page.locator('#main').evaluate(async (scroller) => {
      const frames: number[] = []
      let most = 0
      let before = performance.now()
      for (let step = 0; step < 120; step += 1) {
        scroller.scrollTop += 600
        const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
        frames.push(now - before)
        before = now
        most = Math.max(most, document.querySelectorAll('[role="row"]').length)
      }
      frames.sort((one, other) => one - other)
      return { most, median: frames[60], p95: frames[114] }
    })
    // The frames are for reading: how fast they come depends on the machine.
    info.annotations.push({ type: 'frames while scrolling', description: JSON.stringify(measured) })
    console.log('frames while scrolling 1,200 operations:', JSON.stringify(measured))
    expect(measured.most).toBeLessThan(60)
    await page.locator('#main').evaluate((scroller) => scroller.scrollTo({ top: scroller.scrollHeight }))
    await expect(review.line('Move shelf 1199')).toBeInViewport()
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`fits ${PHONE.width} pixels, ${colorScheme}`, async ({ review, page }) => {
      await page.setViewportSize(PHONE)
      await page.emulateMedia({ colorScheme })
      await expectNoSidewaysScroll(page)
      await expectAccessible(page)
      await review.give(describeApi(`Parcels on a phone, ${colorScheme}`, [LIST, SHOW, STOP, DROP]))
      const look = async () => {
        await expectNoSidewaysScroll(page)
        await expectAccessible(page)
      }
      await expect(review.line('Stop a parcel')).toBeVisible()
      await page.getByRole('button', { name: /^Filters/ }).click()
      await look()
      await page.getByRole('checkbox', { name: 'Select Stop a parcel' }).check()
      await look()
      await page.getByRole('button', { name: 'Clear' }).click()
      await review.openPanel('Stop a parcel')
      await look()
      await review.closePanel()
      for (const tab of ['Connection', 'Agents', 'Document']) {
        await page.getByRole('tab', { name: tab }).click()
        await expect(page.getByRole('tabpanel', { name: tab })).toBeVisible()
        await look()
      }
      await review.open('/apis/agents')
      await expect(page.getByRole('button', { name: 'Edit' }).first()).toBeVisible()
      await look()
    })
  }
})
