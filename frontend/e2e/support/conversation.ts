import { expect } from '@playwright/test'
import type { Chat } from './chat'

/** A conversation with an edited approval, and something that failed; its key. */
export async function makeConversation(chat: Chat): Promise<string> {
  await chat.open()
  await chat.ask('Cancel order 1047')
  const card = chat.card(/cancel/i)
  await card.first().getByRole('button', { name: /^Edit/ }).click()
  await card.first().getByLabel('Order id').fill('1050')
  await card.first().getByRole('button', { name: 'Check changes' }).click()
  await card
    .last()
    .getByRole('button', { name: /^Approve/ })
    .click()
  await expect(card.last()).toContainText('Done.')
  await chat.rest()
  await chat.ask('Where is order 99999?')
  await chat.ask('Thanks, that is all. Goodbye!')
  return new URL(chat.page.url()).pathname.split('/').at(-1) ?? ''
}
