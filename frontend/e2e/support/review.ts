import type { Browser } from '@playwright/test'
import { DocumentServer } from './document-server'
import { signInByKey, STAFF_KEY } from './staff'
import { Stack } from './stack'
import { expect, test as base, type Locator, type Page } from './test'

/** The pages of APIs as a member of staff uses them. */
export class Review {
  constructor(
    readonly page: Page,
    private readonly stack: Stack,
  ) {}

  async open(path = '/apis'): Promise<void> {
    await this.page.goto(this.stack.url + path)
    const asks = this.page.getByRole('heading', { name: 'Sign in as staff' })
    await expect(asks.or(this.page.getByRole('link', { name: 'APIs', exact: true }))).toBeVisible()
    if (!(await asks.isVisible())) return
    await signInByKey(this.page)
    await expect(this.page.getByRole('heading', { name: 'Approvals' })).toBeVisible()
    await this.page.goto(this.stack.url + path)
  }

  /** Import what is at this address, or this document itself. */
  async give(given: string): Promise<void> {
    await this.page.getByLabel(/^Address of an OpenAPI document/).fill(given)
    await this.page.getByRole('button', { name: 'Import', exact: true }).click()
    await expect(this.page).toHaveURL(/\/apis\/jobs\//)
  }

  get list(): Locator {
    return this.page.getByRole('grid', { name: 'Operations' })
  }

  line(title: string): Locator {
    return this.list
      .getByRole('row')
      .filter({ has: this.page.getByRole('button', { name: title, exact: true }) })
  }

  get panel(): Locator {
    return this.page.getByRole('dialog')
  }

  async openPanel(title: string): Promise<void> {
    await this.line(title).getByRole('button', { name: title, exact: true }).click()
    await expect(this.panel).toBeVisible()
  }

  async closePanel(): Promise<void> {
    await this.page.keyboard.press('Escape')
    await expect(this.panel).toBeHidden()
  }

  async approve(): Promise<void> {
    await this.page.getByRole('button', { name: 'Approve…' }).click()
    await this.panel.getByRole('button', { name: /^Approve \d/ }).click()
    await expect(this.page.getByText(/live since/)).toBeVisible()
  }
}

/** Tests with a Smart Support of their worker's own that may reach an API of the test, and a signed-in member of staff. */
export const test = base.extend<
  { review: Review; colleague: Review },
  { documents: DocumentServer; stack: Stack }
>({
  documents: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from the pattern
    async ({}, provide) => {
      const documents = await DocumentServer.start()
      await provide(documents)
      await documents.stop()
    },
    { scope: 'worker' },
  ],
  stack: [
    async ({ documents }, provide) => {
      const stack = await Stack.start({ ADMIN_KEY: STAFF_KEY, OUTGOING_ALLOW: documents.host })
      await provide(stack)
      await stack.stop()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  review: async ({ page, stack }, provide) => {
    const review = new Review(page, stack)
    await review.open()
    await provide(review)
  },
  colleague: async ({ browser, stack }, provide: (review: Review) => Promise<void>) => {
    const colleague = await staff(browser, stack)
    await provide(colleague)
    await colleague.page.context().close()
  },
})

async function staff(browser: Browser, stack: Stack): Promise<Review> {
  const review = new Review(await (await browser.newContext()).newPage(), stack)
  await review.open()
  return review
}
