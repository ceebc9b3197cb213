import { fireEvent, screen, waitFor } from '@testing-library/react'
import { http } from 'msw'
import { describe, expect, it } from 'vitest'
import { frames } from '../../../testing/frames'
import { good } from '../../../testing/server'
import { line, openPage, replayServer } from '../page/test-server'
import { STEPS_PER_PAGE } from '../limits'
import { REPLAY, stepOf, STORY } from '../fixtures'

const { server, state } = replayServer()

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

  it('reaches its very end, and goes a second at a time with the arrows', async () => {
    openPage('?view=play')
    const bar = await screen.findByRole('slider', { name: 'Position' })
    fireEvent.change(bar, { target: { value: bar.getAttribute('max') } })
    const [here, end] = (bar.getAttribute('aria-valuetext') ?? '').split(' of ')
    expect(here).toBe(end)
    expect(screen.getByText(/could not|cannot/i)).toBeVisible()
    fireEvent.keyDown(bar, { key: 'Home' })
    fireEvent.change(bar, { target: { value: '0' } })
    fireEvent.keyDown(bar, { key: 'ArrowRight' })
    fireEvent.keyDown(bar, { key: 'ArrowUp' })
    expect(bar).toHaveAttribute('aria-valuetext', `0:02 of ${end}`)
    fireEvent.keyDown(bar, { key: 'ArrowLeft' })
    expect(bar).toHaveAttribute('aria-valuetext', `0:01 of ${end}`)
  })

  it('is played and paused with the keyboard, which it explains', async () => {
    const { user } = openPage('?view=play')
    await screen.findByRole('slider', { name: 'Position' })
    await user.keyboard(' ')
    expect(screen.getByRole('button', { name: 'Pause' })).toBeVisible()
    await user.keyboard(' ')
    expect(screen.getByRole('button', { name: 'Play' })).toBeVisible()
    await user.keyboard('?')
    expect(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })).toHaveTextContent('Space')
  })

  it('is read on at the step that was seen last', async () => {
    const { user, router } = openPage('?view=play&step=5')
    await screen.findByRole('group', { name: 'Cancel order 1042' })
    await user.keyboard('j')
    await user.keyboard('p')
    await waitFor(() => expect(router.state.location.search).toBe('?step=6'))
    await waitFor(async () =>
      expect(await line(/Edited by the customer/)).toHaveAttribute('aria-expanded', 'true'),
    )
  })

  it('waits for the step that it is to begin at, however far it is', async () => {
    const last = 2 * STEPS_PER_PAGE + 1
    const late = stepOf(frames.message('Are you still there?', 'm9'), last, 1000)
    let give: () => void = () => undefined
    const held = new Promise<void>((resolve) => (give = resolve))
    state.replay = { ...REPLAY, last }
    server.use(
      http.get('*/api/v1/replay/t1/steps', async ({ request }) => {
        const first = new URL(request.url).searchParams.get('after') === '0'
        if (!first) await held
        return good({ items: first ? STORY : [late], next: null, previous: null })
      }),
    )
    openPage(`?view=play&step=${last}`)
    expect(await screen.findByText('Loading what was said…')).toBeVisible()
    give()
    expect(await screen.findByText('Are you still there?')).toBeVisible()
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
