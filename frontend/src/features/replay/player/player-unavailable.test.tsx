import { screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { openPage, replayServer } from '../page/test-server'

replayServer()

it('stays readable where the player cannot be loaded', async () => {
  vi.doMock('./player', () => {
    throw new Error('There is no connection.')
  })
  const { user } = openPage('?view=play')
  expect(await screen.findByText(/The player could not be loaded/)).toBeVisible()
  await user.click(screen.getByRole('radio', { name: 'Read' }))
  expect(await screen.findByRole('button', { name: /Customer Cancel order 1042/ })).toBeVisible()
})
