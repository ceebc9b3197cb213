import { Chat } from './support/chat'
import { describeApi } from './support/document-server'
import { DROP, LIST, SHOW, STOP } from './support/parcels'
import { test } from './support/review'
import { expect, expectAccessible, expectNoSidewaysScroll } from './support/test'

// Each looks with axe at every state of the page, on a machine that may be busy.
test.describe.configure({ timeout: 120_000 })

test.describe('an API becomes tools', () => {
  test('imported by its address, reviewed, tried and approved, it is used by the next chat message', async ({
    review,
    page,
    stack,
  }) => {
    await expect(page.getByRole('region', { name: 'Connected APIs' }).getByRole('status')).toBeHidden()
    await expectAccessible(page)
    await review.give(`${stack.demo('saas')}/openapi.json`)
    await expect(page.getByText('12 operations', { exact: true })).toBeVisible()
    await expectAccessible(page)

    const line = review.line('Look up my subscription')
    await expect(line).toContainText('Read')
    await line.getByRole('button', { name: /^Why/ }).click()
    await expect(line).toContainText('Why this label')
    await expectAccessible(page)

    await review.openPanel('Look up my subscription')
    await review.panel.getByRole('button', { name: 'Call it' }).click()
    await expect(review.panel.getByText('Status 200')).toBeVisible()
    await expect(review.panel.getByRole('region', { name: 'What was sent' })).toContainText('/subscription')
    await expectAccessible(page)
    await review.closePanel()
    await expect(line).toBeFocused()

    await page.getByRole('button', { name: 'Approve…' }).click()
    await expect(review.panel).toContainText('Reads')
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await review.approve()
    await expectAccessible(page)

    await page.getByRole('link', { name: 'Open the chat' }).click()
    const chat = new Chat(page, stack.url)
    await chat.ask('Look up my subscription')
    await expect(chat.tools).toContainText('Look up my subscription')
    await expect(chat.answers.last()).toContainText('Larkspur Studio')

    await review.open()
    const connected = page.getByRole('region', { name: 'Connected APIs' })
    await expect(connected).toContainText('12 live tools')
    await expectAccessible(page)
  })

  test('goes on while its page is reloaded, and says in plain words what is wrong', async ({
    review,
    page,
    documents,
  }) => {
    documents.holds = true
    documents.document = 'openapi: 3.1.0\ninfo: {title: Parcels\npaths: {}\n'
    await review.give(documents.url)
    await expect(page.getByText('Fetching the document', { exact: true }).first()).toBeVisible()
    await expectAccessible(page)
    await page.reload()
    await expect(page.locator('[aria-current="step"]')).toContainText('Fetching the document')
    documents.release()
    const problem = page.getByRole('alert')
    await expect(problem).toContainText(/Line \d.*YAML/)
    await expectAccessible(page)

    documents.document = describeApi('Parcels of a mistake', [LIST])
    await problem.getByRole('button', { name: 'Fetch it again' }).click()
    await expect(review.line('List the parcels')).toBeVisible()
    await page.getByRole('button', { name: 'Discard' }).click()
    await expectAccessible(page)
    await review.panel.getByRole('button', { name: 'Discard' }).click()
    await expect(page).toHaveURL(/\/apis$/)
  })

  test('given as a file, with its key, which nobody sees again', async ({ review, page, documents }) => {
    const document = JSON.parse(describeApi('Parcels in a file', [LIST, SHOW])) as Record<string, unknown>
    document.servers = [{ url: `http://${documents.host}` }]
    await page.getByLabel('A file to import').setInputFiles({
      name: 'parcels.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(document)),
    })
    await expect(page.getByText(/parcels.json \(\d+ (bytes|kB)\) will be read/)).toBeVisible()
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await expect(review.line('Show a parcel')).toBeVisible()

    await page.getByRole('tab', { name: 'Connection' }).click()
    const scheme = page.getByRole('region', { name: 'key', exact: true })
    await scheme.getByRole('button', { name: 'Set' }).click()
    await expectAccessible(page)
    await scheme.getByLabel(/^Key/).fill('a-very-secret-key')
    await scheme.getByRole('button', { name: 'Store' }).click()
    await expect(scheme).toContainText(/Set by /)
    await expectAccessible(page)
    await page.reload()
    await expect(scheme).toContainText(/Set by /)
    expect(await page.content()).not.toContain('a-very-secret-key')

    await page.getByRole('tab', { name: /^Operations/ }).click()
    await review.openPanel('Show a parcel')
    await review.panel.getByRole('button', { name: 'Call it' }).click()
    await expect(review.panel.getByText('Please fill this in.')).toBeVisible()
    await review.panel.getByLabel(/^Id/).fill('P-7')
    await review.panel.getByRole('button', { name: 'Call it' }).click()
    await expect(review.panel.getByRole('region', { name: 'What came back' })).toContainText('/parcels/P-7')
    expect(documents.calls.at(-1)?.['x-api-key']).toBe('a-very-secret-key')
    expect(await page.content()).not.toContain('a-very-secret-key')
  })

  test('imported again, says what is different, and keeps what a person decided', async ({
    review,
    page,
    documents,
  }) => {
    documents.document = describeApi('Parcels again', [LIST, STOP, DROP])
    await review.give(documents.url)
    await review.openPanel('Stop a parcel')
    await review.panel.getByRole('radio', { name: /^Both/ }).check()
    await review.panel.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(review.panel.getByText('Saved.')).toBeVisible()
    await review.closePanel()
    await review.approve()

    documents.document = describeApi('Parcels again', [LIST, STOP, SHOW])
    await page.getByRole('button', { name: 'Import again' }).click()
    const different = page.getByRole('region', { name: 'Compared with what is live' })
    await expect(different).toContainText('1 new')
    await expectAccessible(page)
    await different.getByRole('button', { name: '1 removed' }).click()
    await expect(review.line('Delete a parcel')).toContainText('Removed')
    await expect(review.line('Stop a parcel')).toBeHidden()
    await different.getByRole('button', { name: '1 removed' }).click()
    await expect(review.line('Stop a parcel')).toContainText('Both')
    await expect(review.line('Stop a parcel')).toContainText('Edited')
  })
  test('remembers who did what to it, also when it is gone', async ({ review, page, documents }) => {
    documents.document = describeApi('Parcels to remember', [LIST, STOP, DROP])
    await review.give(documents.url)
    await review.openPanel('Stop a parcel')
    await review.panel.getByRole('radio', { name: /^Both/ }).check()
    await review.panel.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(review.panel.getByText('Saved.')).toBeVisible()
    await review.closePanel()
    await review.approve()

    await page.getByRole('tab', { name: 'Document' }).focus()
    await page.keyboard.press('ArrowRight')
    const history = page.getByRole('region', { name: 'History' })
    await expect(history.getByRole('listitem').first()).toContainText(/^admin approved 3 tools: 1 read/)
    await expect(history).toContainText(
      /changed who consents to \w*stop_parcel: customer and support team consent – was: customer/,
    )
    await expect(history).toContainText(`imported the API from ${documents.url}`)
    await expectAccessible(page)
    await page.setViewportSize({ width: 360, height: 740 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await history.getByRole('button', { name: 'Only this import' }).click()
    await expect(history.getByText('approved 3 tools')).toBeVisible()
    await expectNoSidewaysScroll(page)
    await expectAccessible(page)

    await review.open()
    const api = page
      .getByRole('listitem')
      .filter({ hasText: 'Parcels to remember' })
      .filter({ hasText: 'live tools' })
    await api.getByRole('button', { name: 'Remove' }).click()
    await review.panel.getByRole('button', { name: 'Remove' }).click()
    await expect(api).toBeHidden()
    await page.getByRole('link', { name: 'History', exact: true }).click()
    await expect(page.getByRole('listitem').first()).toContainText(/^admin removed the API with 3 live tools/)
    await expectNoSidewaysScroll(page)
    await expectAccessible(page)
  })
})
