import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type Locator, type Page } from '@playwright/test'
import { Chat } from './chat'
import { Stack } from './stack'

/** Tests with a whole Smart Support of their worker's own, and a chat in a browser of their own. */
export const test = base.extend<{ chat: Chat }, { stack: Stack }>({
  stack: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from the pattern
    async ({}, provide) => {
      // Slow enough to be interrupted in the middle of an answer, fast enough to wait for.
      const stack = await Stack.start({ DEMO_MODEL_DELAY_MS: '40' })
      await provide(stack)
      await stack.stop()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  chat: async ({ page, stack }, provide, info) => {
    const from = stack.log.length
    const broken: string[] = []
    page.on('pageerror', (error) => broken.push(error.message))
    await provide(new Chat(page, stack.url))
    if (info.status !== info.expectedStatus) {
      await info.attach('backend.log', { body: stack.log.slice(from), contentType: 'text/plain' })
    }
    expect(broken, 'the page threw').toEqual([])
  },
})

export { expect, type Locator, type Page }

/** Nothing on the page stands in the way of somebody with a keyboard, a screen reader or weak eyes. */
export async function expectAccessible(page: Page): Promise<void> {
  await settled(page)
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  const descriptions = violations.map(
    (rule) => `${rule.id}: ${rule.nodes.map((node) => node.html).join('\n  ')}`,
  )
  expect(descriptions).toEqual([])
}

/**
 * Wait until nothing fades in or out any more: what is half transparent has colours that nobody is meant to read.
 * A dialog begins to appear some moments after its click, so it has to be quiet for several looks in a row.
 */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const moving = () =>
      document
        .getAnimations()
        .filter((one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity)
    const until = performance.now() + 10_000
    for (let quiet = 0; quiet < 4; quiet += 1) {
      // By the clock, not by frames or by what an animation promises: both can stop where nothing is drawn.
      await new Promise((resolve) => setTimeout(resolve, 20))
      const [one] = moving()
      if (one === undefined) continue
      if (performance.now() > until)
        throw new Error(`This never stops moving: ${(one.effect as KeyframeEffect).target?.outerHTML}`)
      quiet = -1
    }
  })
}

/** Nothing sticks out to the side. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(overflow).toBeLessThanOrEqual(0)
}
