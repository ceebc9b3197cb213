import { expect, expectAccessible, expectNoSidewaysScroll, test } from './support/test'

const PASSWORD = 'violet kettle under snow'
const PHONE = { width: 360, height: 740 }

test.describe.configure({ timeout: 120_000 })

test.describe('staff', () => {
  test('join by an invitation, sign in by password, and lose what their role loses', async ({
    page,
    stack,
    browser,
  }) => {
    await stack.stopBackend()
    await stack.startBackend()
    await page.goto(stack.signInLink)
    await expect(page.getByRole('heading', { name: 'Approvals' })).toBeVisible()
    await page.getByRole('button', { name: 'Account: local' }).click()
    await page.getByRole('menuitem', { name: 'Team' }).click()
    await expect(page.getByText(/Invite yourself as an admin/)).toBeVisible()
    await page.getByLabel('Role', { exact: true }).selectOption('viewer')
    await page.getByRole('button', { name: 'Make a link' }).click()
    const link = await page.getByLabel('Send this link to your colleague').inputValue()
    await expectAccessible(page)

    const theirs = await browser.newContext({ colorScheme: 'dark', viewport: PHONE })
    const colleague = await theirs.newPage()
    await colleague.goto(link)
    await colleague.getByLabel('Your name').fill('Ben')
    await colleague.getByLabel('New password').fill('password1234')
    await colleague.getByRole('button', { name: 'Join' }).click()
    await expect(colleague.getByRole('alert')).toContainText('would be guessed')
    await expectAccessible(colleague)
    await colleague.getByLabel('New password').fill(PASSWORD)
    await colleague.getByRole('button', { name: 'Join' }).click()
    await expect(colleague.getByRole('heading', { name: 'Approvals' })).toBeVisible()
    await expectNoSidewaysScroll(colleague)

    await colleague.goto(`${stack.url}/account`)
    await expect(colleague.getByText(/viewer: sees everything, changes nothing/)).toBeVisible()
    await expectAccessible(colleague)
    await expectNoSidewaysScroll(colleague)
    await colleague.goto(`${stack.url}/team`)
    await expect(colleague.getByRole('alert')).toContainText('Ask an admin')

    await page.reload()
    await page.getByLabel('Role of Ben').selectOption('admin')
    await expect(page.getByLabel('Role of Ben')).toHaveValue('admin')
    await expect(page.getByLabel('Role of Ben')).toBeEnabled()
    await colleague.goto(`${stack.url}/team`)
    await expect(colleague.getByRole('heading', { name: 'Ben (you)' })).toBeVisible()
    await expectNoSidewaysScroll(colleague)
    await expectAccessible(colleague)

    await colleague.getByRole('button', { name: 'Account: Ben' }).click()
    await colleague.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(colleague.getByRole('heading', { name: 'Sign in as staff' })).toBeVisible()
    await colleague.getByLabel('Name', { exact: true }).fill('ben')
    await colleague.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await colleague.getByRole('button', { name: 'Sign in' }).click()
    await expect(colleague.getByRole('heading', { name: 'Approvals' })).toBeVisible()

    await page.getByRole('button', { name: 'Keep out' }).first().click()
    await expect(page.getByRole('button', { name: 'Let in again' })).toBeEnabled()
    await colleague.goto(`${stack.url}/approvals`)
    await expect(colleague.getByRole('heading', { name: 'Sign in as staff' })).toBeVisible()
    await theirs.close()
  })
})
