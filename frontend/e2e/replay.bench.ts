import { expect, test, type Page } from './support/test'

/**
 * How fast a replay of 10,000 steps is in the browser: `npm run bench:replay`, after `npm run build`. The page comes
 * through nginx from the real backend; the steps are made up and answered at once, so that the browser alone is measured.
 */

const STEPS = 10_000
const BEGAN = Date.parse('2026-03-01T10:00:00Z')
const RUNS = 7
const GOAL_FIRST_MS = 500
const GOAL_FRAME_MS = 50

const KINDS = ['message', 'routed', 'model_called', 'tool_call', 'tool_ran', 'tool_result', 'token'] as const

function frameOf(seq: number): Record<string, unknown> {
  const type = KINDS[seq % KINDS.length] ?? 'message'
  const call = { tool: 'get_order', call_id: `c${Math.floor(seq / 7)}`, agent: 'orders', duration_ms: 40 }
  const by: Record<(typeof KINDS)[number], Record<string, unknown>> = {
    message: { content: `Where is order ${seq}?`, message_id: `m${seq}` },
    routed: {
      by: 'model',
      intents: [{ agent: 'orders', confidence: 0.9, reason: 'speaks of orders', request: '' }],
    },
    model_called: {
      agent: 'orders',
      model: 'small',
      prompt_tokens: 1200,
      completion_tokens: 40,
      duration_ms: 700,
    },
    tool_call: { ...call, args: { order_id: seq }, title: 'Look up an order' },
    tool_ran: {
      ...call,
      request: { method: 'GET', url: `http://shop.example/orders/${seq}` },
      http_status: 200,
      response: { order_id: seq, status: 'shipped', items: Array.from({ length: 8 }, (_, n) => `item ${n}`) },
    },
    tool_result: { ...call, ok: true, outcome: 'succeeded', summary: `Order ${seq} is on its way.` },
    token: {
      agent: 'orders',
      content: `Order ${seq} is on its way and arrives soon.`,
      message_id: `a${seq}`,
    },
  }
  const at = new Date(BEGAN + seq * 400).toISOString()
  return { type, thread_id: 'long', seq, at, ...by[type] }
}

function stepOf(seq: number) {
  const frame = frameOf(seq)
  const visible = !['routed', 'model_called', 'tool_ran'].includes(String(frame.type))
  const turn_id = `turn-${Math.floor(seq / 14)}`
  const lifted = { agent: frame.agent ?? null, duration_ms: frame.duration_ms ?? null }
  const none = { prompt_tokens: null, completion_tokens: null, cost_usd: null }
  return { seq, at: frame.at, type: frame.type, visible, turn_id, ...lifted, ...none, frame }
}

async function answer(page: Page): Promise<void> {
  const conversation = {
    thread_id: 'long', title: 'A long conversation', visitor_id: 'v1', customer: null, status: 'ended',
    started_at: new Date(BEGAN).toISOString(), last_at: new Date(BEGAN + STEPS * 400).toISOString(), ended_at: null,
    outcome: 'resolved_assumed', turns: 700, messages: 1400, agents: ['orders'], tools: ['get_order'], models: ['small'],
    approvals: 0, errors: 0, actions: 0, unknown_actions: 0, tokens_in: 1, tokens_out: 1, cost_usd: 1, rating: null,
    staff: false, demo: false, redacted_at: null, last: STEPS,
  } // prettier-ignore
  const good = (data: unknown) => ({ json: { success: true, data, error: null } })
  await page.route('**/api/v1/replay/long', (route) =>
    route.fulfill(good({ conversation, last: STEPS, marks: [], turns: 700, redacted_at: null })),
  )
  await page.route('**/api/v1/replay/long/steps*', (route) => {
    const query = new URL(route.request().url()).searchParams
    const after = Number(query.get('after'))
    const count = Math.min(Number(query.get('limit')), STEPS - after)
    const items = Array.from({ length: count }, (_, index) => stepOf(after + index + 1))
    return route.fulfill(good({ items, next: null, previous: null }))
  })
}

test('a replay of 10,000 steps is readable at once and scrolls smoothly', async ({ page, stack }) => {
  test.setTimeout(180_000)
  await page.goto(stack.signInLink)
  await expect(page.getByRole('heading', { name: 'Approvals' })).toBeVisible()
  await answer(page)

  const first: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    await page.goto(`${stack.url}/replay/long`, { waitUntil: 'commit' })
    await page.locator('[data-line="1"]').waitFor()
    first.push(await page.evaluate(() => performance.now()))
  }
  first.sort((one, other) => one - other)

  const frames = await page.evaluate(async () => {
    const box = document.querySelector('[data-testid="timeline"]')
    if (!box) throw new Error('no timeline')
    const gaps: number[] = []
    let longTasks = 0
    new PerformanceObserver((list) => (longTasks += list.getEntries().length)).observe({ type: 'longtask' })
    let last = performance.now()
    const end = box.scrollHeight - box.clientHeight
    // The whole conversation in some 600 pictures: ten times as fast as anybody scrolls.
    for (let top = 0; top < end; top += end / 600) {
      box.scrollTop = top
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
      gaps.push(now - last)
      last = now
    }
    gaps.sort((one, other) => one - other)
    const at = (share: number) =>
      Math.round(gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))] ?? 0)
    return { pictures: gaps.length, median: at(0.5), p99: at(0.99), worst: at(1), longTasks }
  })

  const play = await page
    .evaluate(() => performance.now())
    .then(async (from) => {
      await page.keyboard.press('p')
      await expect(page.getByRole('slider', { name: 'Position' })).toBeVisible()
      await expect(page.getByText('loading the rest')).toBeHidden({ timeout: 30_000 })
      await page.getByRole('slider', { name: 'Position' }).press('End')
      await expect(page.getByText(`Order ${STEPS - 5} is on its way and`).first()).toBeVisible()
      return (await page.evaluate(() => performance.now())) - from
    })

  console.log(
    `first steps readable: median ${Math.round(first[RUNS >> 1] ?? 0)} ms, worst ${Math.round(first.at(-1) ?? 0)} ms (goal ${GOAL_FIRST_MS})`,
  )
  console.log(`scrolling: ${JSON.stringify(frames)} (goal: no picture over ${GOAL_FRAME_MS} ms)`)
  console.log(`all 10,000 steps loaded and played to their end: ${Math.round(play)} ms`)
})
