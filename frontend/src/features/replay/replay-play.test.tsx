import { fireEvent, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { openPage, replayDesk } from './desk'

replayDesk()

describe('playing a conversation', () => {
  it('runs as the customer saw it, step by step, at any place', async () => {
    openPage('?view=play')
    await screen.findByRole('slider', { name: 'Position' })
    const press = (name: string, times: number) => {
      for (let time = 0; time < times; time += 1) fireEvent.click(screen.getByRole('button', { name }))
    }
    press('Step forward', 1)
    expect(screen.getByText('Cancel order 1042', { selector: 'div' })).toBeVisible()
    press('Step forward', 12)
    expect(screen.getByText('Order 1047 has been cancelled.')).toBeVisible()
    press('Step back', 14)
    expect(screen.queryByText('Order 1047 has been cancelled.')).toBeNull()
  })

  it('asks nobody to approve anything', async () => {
    openPage('?view=play&step=5')
    expect(await screen.findByRole('group', { name: 'Cancel order 1042' })).toBeVisible()
    expect(screen.queryByRole('button', { name: /Approve/ })).toBeNull()
  })

  it('plays and pauses, at another speed', async () => {
    const { user } = openPage('?view=play')
    await user.selectOptions(await screen.findByLabelText('Speed'), '16×')
    await user.click(screen.getByRole('button', { name: 'Play' }))
    expect(screen.getByRole('button', { name: 'Pause' })).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Pause' }))
    expect(screen.getByRole('button', { name: 'Play' })).toBeVisible()
  })
})
