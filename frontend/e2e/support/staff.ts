import { expect, type Browser, type Page } from '@playwright/test'
import type { Stack } from './stack'

export const STAFF_KEY = 'an admin key that is long enough'

/** Sign in with the admin key, on the page that asks to. */
export async function signInByKey(page: Page, key = STAFF_KEY): Promise<void> {
  await page.getByRole('button', { name: 'the admin key' }).click()
  await page.getByLabel('Admin key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** A member of the support team, in a browser of their own. */
export async function staffAt(stack: Stack, browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${stack.url}/approvals`)
  await signInByKey(page)
  await expect(page.getByRole('heading', { name: 'Approvals' })).toBeVisible()
  return page
}

/** Listen to the stream of changes beside the page, and keep what it says. */
export async function recordApprovalStream(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const recorded: string[] = []
        Object.assign(window, { recorded })
        new EventSource('/api/v1/approvals/live').onmessage = (event: MessageEvent<string>) => {
          if (recorded.at(-1) !== event.data) recorded.push(event.data)
          resolve()
        }
      }),
  )
}

/** What the stream has said so far. */
export function recordedEvents(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { recorded: string[] }).recorded)
}
