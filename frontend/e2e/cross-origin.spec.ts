import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Stack } from './support/stack'
import { expect, type Page, test } from './support/test'

/** A shop's page on an origin of its own. */
async function serveShop(): Promise<{ server: Server; origin: string }> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end('<!doctype html><title>Shop</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** What a page's script gets: status and code, or that the browser kept the answer from it. */
function fetched(page: Page, url: string, body?: unknown): Promise<unknown> {
  return page.evaluate(
    async ([to, sent]) => {
      const options: RequestInit = { credentials: 'include' }
      if (sent !== null)
        Object.assign(options, {
          method: 'POST',
          body: sent,
          headers: { 'Content-Type': 'application/json' },
        })
      try {
        const response = await fetch(to, options)
        const answer = (await response.json()) as { data?: object; error?: { code: string } }
        return { status: response.status, code: answer.error?.code }
      } catch {
        return 'kept from the page'
      }
    },
    [url, body === undefined ? null : JSON.stringify(body)] as const,
  )
}

test.describe('a page of another origin', () => {
  test('uses the customer’s part if its origin is listed, and never staff’s', async ({ page, browser }) => {
    const [shop, stranger] = [await serveShop(), await serveShop()]
    const stack = await Stack.start({ ALLOWED_ORIGINS: `${shop.origin}/` })
    try {
      await page.goto(stack.signInLink)
      await expect(page.getByRole('heading', { name: 'Approvals' })).toBeVisible()

      await page.goto(shop.origin)
      expect(await fetched(page, `${stack.url}/api/v1/session`)).toEqual({ status: 200 })
      const refused = await fetched(page, `${stack.url}/api/v1/session/identity`, { token: 'not a token' })
      expect(refused).toMatchObject({ code: 'identity_refused' })
      expect(await fetched(page, `${stack.url}/api/v1/approvals`)).toBe('kept from the page')
      const first = await page.evaluate(
        (url) =>
          new Promise<string>((resolve) => {
            const socket = new WebSocket(url)
            socket.onopen = () => resolve('open')
            socket.onerror = () => resolve('refused')
          }),
        `${stack.url.replace('http', 'ws')}/ws`,
      )
      expect(first).toBe('open')

      const other = await browser.newPage()
      await other.goto(stranger.origin)
      expect(await fetched(other, `${stack.url}/api/v1/session`)).toBe('kept from the page')
      expect(await fetched(other, `${stack.url}/api/v1/session/identity`, {})).toBe('kept from the page')
      await other.close()
    } finally {
      await stack.stop()
      for (const { server } of [shop, stranger]) server.close()
    }
  })
})
