import {
  test as base,
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  type Locator,
  type Page,
} from './support/test'
import { signInByKey, STAFF_KEY } from './support/staff'
import { Stack } from './support/stack'

/** A Smart Support of each test's own: one begins without any conversation. */
const test = base.extend<{ own: Stack }>({
  own: async ({ browserName }, provide) => {
    expect(browserName).toBe('chromium')
    const stack = await Stack.start({ ADMIN_KEY: STAFF_KEY })
    await provide(stack)
    await stack.stop()
  },
})

test.describe.configure({ timeout: 120_000 })

async function open(page: Page, stack: Stack, search = ''): Promise<void> {
  await page.goto(`${stack.url}/dashboard${search}`)
  await signInByKey(page)
  await expect(page).not.toHaveURL(/sign-in/)
  await page.goto(`${stack.url}/dashboard${search}`)
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible()
}

test('is useful before the first conversation, and moves by itself when there is one', async ({
  page,
  own,
  browser,
}) => {
  await open(page, own)
  await expect(page.getByRole('heading', { name: 'There are no conversations yet' })).toBeVisible()
  await expect(page.getByText(/^Live/)).toBeVisible()
  await expectAccessible(page)

  const customer = await (await browser.newContext()).newPage()
  await customer.goto(own.url)
  await customer.getByLabel('Your message').fill('Where is order 1042?')
  await customer.getByLabel('Your message').press('Enter')
  await expect(customer.locator('li[data-kind="agent"]').last()).toContainText('1042')

  // Without a reload, and honest about how little it is.
  const conversations = page.getByRole('link', { name: /^Conversations: / })
  await expect(conversations).toHaveText('1', { timeout: 20_000 })
  await expect(page.locator('[data-figure="resolution_rate"]')).toContainText('0 of 1')
  await expect(page.getByRole('row', { name: /Get order/ })).toContainText('1 of 1')
  await expectAccessible(page)

  const turns = page.getByRole('link', { name: /^Turns: / })
  await expect(turns).toHaveText('1')
  await customer.getByLabel('Your message').fill('Where is order 1043?')
  await customer.getByLabel('Your message').press('Enter')
  await expect(turns).toHaveText('2', { timeout: 20_000 })

  await conversations.click()
  await expect(page).toHaveURL(/\/replay\?from=.*&to=/)
  await expect(page.getByText('Where is order 1042?').first()).toBeVisible()
  await customer.context().close()
})

/** The formula of a figure, with the keyboard. */
async function readFormula(page: Page, figure: Locator): Promise<void> {
  await figure.getByRole('button', { name: /^How it is computed/ }).focus()
  await page.keyboard.press('Enter')
  const formula = page.getByRole('dialog', { name: 'Automation rate' })
  await expect(formula).toContainText('÷')
  await expectAccessible(page)
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    formula.getByRole('link', { name: /CSV/ }).click(),
  ])
  expect(file.suggestedFilename()).toMatch(/^conversations-\d+-\d+\.csv$/)
  await page.keyboard.press('Escape')
  await expect(formula).toBeHidden()
}

/** Ranges and zones live in the address, and the way back is the browser's. */
async function changeRange(page: Page): Promise<void> {
  await page.getByRole('link', { name: '7 days' }).click()
  await expect(page).toHaveURL(/range=7d/)
  await page.getByLabel('Days of').focus()
  await page.getByLabel('Days of').selectOption('Asia/Tokyo')
  await expect(page).toHaveURL(/range=7d&tz=Asia%2FTokyo/)
  await page.reload()
  await expect(page.getByLabel('Days of')).toHaveValue('Asia/Tokyo')
  await expect(page.getByRole('link', { name: '7 days' })).toHaveAttribute('aria-current', 'true')
  await page.getByRole('link', { name: 'Custom' }).click()
  await page.getByLabel('Last day').fill('2020-01-01')
  await page.getByRole('button', { name: 'Show' }).click()
  await expect(page.getByRole('alert')).toContainText('Exchange them')
  await expectAccessible(page)
  await page.goBack()
  await expect(page.getByRole('link', { name: '7 days' })).toHaveAttribute('aria-current', 'true')
}

/** From the calls of a tool that failed to the conversations in which they did, and to the step. */
async function followFailures(page: Page): Promise<void> {
  await page.getByRole('link', { name: '90 days' }).click()
  await page.getByRole('button', { name: 'Failed', exact: true }).click()
  const failing = page
    .getByRole('region', { name: 'By tool, table' })
    .locator('a[href*="call=failed"]')
    .first()
  const failures = parseInt((await failing.textContent()) ?? '', 10)
  await failing.click()
  await expect(page).toHaveURL(/\/replay\?tool=\w+&call=failed&from=.*&to=/)
  await expect(page.getByRole('list', { name: 'Filters that are set' })).toContainText('that failed')
  const match = page.getByRole('article')
  await expect(match.first()).toBeVisible()
  expect(await match.count()).toBeLessThanOrEqual(failures)
  await expectAccessible(page)
  const tool = new URL(page.url()).searchParams.get('tool') ?? ''
  await match.first().getByRole('link').click()
  await expect(page).toHaveURL(/\/replay\/[\w-]+$/)
  await expect(page.getByText(tool).first()).toBeVisible()
  await page.goBack()
  await page.goBack()
  await page.getByRole('link', { name: '7 days' }).click()
}

/** On a phone, in the dark, without motion. */
async function lookOnPhone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 })
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await expectNoSidewaysScroll(page)
  expect(
    await page.locator('main').evaluate((main) => main.scrollWidth - main.clientWidth),
  ).toBeLessThanOrEqual(0)
  await expectAccessible(page)
  await page.getByRole('link', { name: '24 h' }).click()
  await expect(page).toHaveURL(/range=24h/)
  await expectAccessible(page)
}

test('shows a quarter of support: formulas, rows, ranges, zones, charts; on a phone and in the dark', async ({
  page,
  own,
}) => {
  own.seed(1500)
  await open(page, own)
  const automation = page.locator('[data-figure="automation_rate"]')
  await expect(automation).toContainText(/\d+\.\d %/)
  await expect(page.locator('figure .recharts-surface').first()).toBeAttached()
  await expectAccessible(page)

  await readFormula(page, automation)
  await changeRange(page)

  const chart = page.getByRole('figure').first()
  await chart.getByText('Show as a table').click()
  await expect(chart.getByRole('row')).toHaveCount(8)
  await page.getByRole('button', { name: 'Slowest' }).click()
  await expect(page.getByRole('columnheader', { name: /19 of 20/ }).first()).toHaveAttribute(
    'aria-sort',
    'descending',
  )

  await followFailures(page)
  await lookOnPhone(page)
})

test('says so when the server is gone, keeps what it has, and comes back by itself', async ({
  page,
  own,
}) => {
  own.seed(200)
  await open(page, own, '?range=90d')
  const conversations = page.locator('[data-figure="conversations"]')
  await expect(conversations).toContainText(/\d/)
  await own.stopBackend()
  await expect(page.getByText(/^Asked for every few seconds/)).toBeVisible({ timeout: 20_000 })
  await expect(page.getByRole('alert').first()).toContainText('What you see is from before.', {
    timeout: 40_000,
  })
  await expect(conversations).toContainText(/\d/)
  await expectAccessible(page)
  await own.startBackend()
  await expect(page.getByRole('alert')).toHaveCount(0, { timeout: 40_000 })
  await expect(page.getByText(/^Live/)).toBeVisible({ timeout: 30_000 })
})
