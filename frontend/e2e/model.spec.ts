import { Chat } from './support/chat'
import { ModelServer } from './support/model-server'
import { Stack } from './support/stack'
import { expect, expectAccessible, test } from './support/test'

const MOODS = [
  ['silent', 'says nothing'],
  ['breaks', 'breaks off'],
] as const

// A model of its own, so a stack of its own.
test.describe('with a real model', () => {
  let model: ModelServer
  let stack: Stack

  test.beforeAll(async () => {
    model = await ModelServer.start()
    stack = await Stack.start({
      OPENAI_API_KEY: 'a-key-for-tests',
      OPENAI_BASE_URL: model.url,
      LLM_MODEL: 'test-model',
      LLM_TIMEOUT_SECONDS: '5',
    })
  })

  test.afterAll(async () => {
    await stack.stop()
    await model.stop()
  })

  test('it answers, and nothing says "demo model"', async ({ page }) => {
    const chat = new Chat(page, stack.url)
    await chat.open()
    await expect(page.getByText('demo model')).toHaveCount(0)
    await chat.ask('How long does a refund take?')
    await expect(chat.answers.last()).toContainText('Refunds reach your account within five days.')
  })

  test('when it refuses the key, a plain sentence says so, and the next message finds it mended', async ({
    page,
  }) => {
    const chat = new Chat(page, stack.url)
    model.behaviour = 'refuses'
    await chat.open()
    await chat.send('How long does a refund take?')
    const problem = page.getByRole('article', { name: 'A problem' })
    await expect(problem).toContainText(/assistant/i)
    await expect(problem).not.toContainText(/key|HTTP|401|Traceback|Error/)
    // Trying the same again cannot help, so nobody is offered to.
    await expect(problem.getByRole('button', { name: 'Try again' })).toHaveCount(0)
    await expectAccessible(page)

    model.behaviour = 'answers'
    await chat.ask('And how long does it take now?')
    await expect(chat.answers.last()).toContainText('Refunds reach your account within five days.')
  })

  for (const [behaviour, when] of MOODS) {
    test(`when it ${when}, a plain sentence says so, and the turn can be tried again`, async ({ page }) => {
      const chat = new Chat(page, stack.url)
      model.behaviour = behaviour
      await chat.open()
      await chat.send('How long does a refund take?')
      const problem = page.getByRole('article', { name: 'A problem' })
      await expect(problem.getByRole('button', { name: 'Try again' })).toBeVisible({ timeout: 25_000 })
      await expect(problem).toContainText(/assistant/i)
      await expect(problem).not.toContainText(/key|HTTP|401|Traceback|Error/)
      await expectAccessible(page)
      await page.reload()
      await expect(problem).toBeVisible()

      model.behaviour = 'answers'
      await problem.getByRole('button', { name: 'Try again' }).click()
      await expect(chat.answers.last()).toContainText('Refunds reach your account within five days.')
      await chat.rest()
      await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0)
      await expect(chat.messages).toHaveCount(1)
    })
  }
})

test('a model that cannot be reached is said plainly, and the reason is in the log', async ({ page }) => {
  const gone = await ModelServer.start()
  const url = gone.url
  await gone.stop()
  const stack = await Stack.start({
    OPENAI_API_KEY: 'a-key-for-tests',
    OPENAI_BASE_URL: url,
    // Long enough for the tries that come first.
    LLM_TIMEOUT_SECONDS: '15',
  })
  try {
    const chat = new Chat(page, stack.url)
    await chat.open()
    await chat.send('Where is order 1042?')
    const problem = page.getByRole('article', { name: 'A problem' })
    await expect(problem).toContainText('cannot be reached', { timeout: 25_000 })
    expect(stack.log).toMatch(/model_\w+/)
    expect(stack.log).not.toContain('a-key-for-tests')
  } finally {
    await stack.stop()
  }
})
