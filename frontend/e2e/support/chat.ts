import { expect, type Locator, type Page } from '@playwright/test'

/** The chat page as a customer uses it. */
export class Chat {
  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {}

  async open(path = '/'): Promise<void> {
    await this.page.goto(this.url + path)
    await expect(
      this.composer.or(this.page.getByRole('button', { name: 'Start a new conversation' })),
    ).toBeVisible()
  }

  get composer(): Locator {
    return this.page.getByLabel('Your message')
  }

  get stopButton(): Locator {
    return this.page.getByRole('button', { name: 'Stop this answer' })
  }

  /** What agents have said; the newest with `.last()`. */
  get answers(): Locator {
    return this.page.locator('li[data-kind="agent"]')
  }

  get messages(): Locator {
    return this.page.locator('li[data-kind="customer"]')
  }

  get tools(): Locator {
    return this.page.locator('li[data-kind="tool"]')
  }

  get cards(): Locator {
    return this.page.locator('li[data-kind="approval"]').getByRole('group').first()
  }

  /** Every approval card, by what it would do. */
  card(title: string | RegExp): Locator {
    return this.page.getByRole('group', { name: title })
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.composer.press('Enter')
  }

  /** Say it, and wait until nothing more comes. */
  async ask(text: string): Promise<void> {
    const before = await this.messages.count()
    await this.send(text)
    await expect(this.messages).toHaveCount(before + 1)
    await expect(this.messages.last().getByRole('time')).toBeVisible()
    await this.rest()
  }

  /** Until nothing is being done. */
  async rest(): Promise<void> {
    await expect(this.stopButton).toBeHidden()
    await expect(this.page.getByText('Working on it…')).toBeHidden()
  }
}
