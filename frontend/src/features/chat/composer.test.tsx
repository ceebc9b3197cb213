import { fireEvent, screen } from '@testing-library/react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { show } from '../../testing/render'
import { Composer } from './composer'
import { checkLength } from './message-length'

beforeEach(() => sessionStorage.clear())

function composer(more: Partial<Parameters<typeof Composer>[0]> = {}) {
  const onSend = vi.fn<(text: string) => void>()
  const onStop = vi.fn<() => void>()
  const props = {
    blocked: null,
    hint: null,
    running: false,
    stopping: false,
    onSend,
    onStop,
    ref: { current: null },
  }
  const shown = show(<Composer {...props} {...more} />)
  return { ...shown, onSend, onStop, input: screen.getByLabelText('Your message') }
}

describe('the composer', () => {
  it('sends with Enter, once, trimmed, and is ready for more', async () => {
    const { user, input, onSend } = composer()
    await user.type(input, '  Hello {Enter}')
    expect(onSend).toHaveBeenCalledExactlyOnceWith('Hello')
    expect(input).toHaveValue('')
    expect(input).toHaveFocus()
  })

  it('begins a new line with Shift and Enter', async () => {
    const { user, input, onSend } = composer()
    await user.type(input, 'One{Shift>}{Enter}{/Shift}Two')
    expect(input).toHaveValue('One\nTwo')
    expect(onSend).not.toHaveBeenCalled()
  })

  it('leaves Enter to an input method that is composing a word', async () => {
    const { user, input, onSend } = composer()
    await user.type(input, 'こん')
    fireEvent.keyDown(input, { key: 'Enter', isComposing: true })
    expect(onSend).not.toHaveBeenCalled()
  })

  it('does not send what is blank', async () => {
    const { user, input, onSend } = composer()
    await user.type(input, '   {Enter}')
    expect(onSend).not.toHaveBeenCalled()
    expect(screen.getByRole('button', { name: 'Send' })).toBeDisabled()
  })

  it('says why nothing can be sent, and keeps what is written', async () => {
    const { user, input, onSend } = composer({ blocked: 'Requests from other sites are not accepted.' })
    await user.type(input, 'Hello{Enter}')
    expect(onSend).not.toHaveBeenCalled()
    expect(screen.getByRole('status')).toHaveTextContent('not accepted')
    expect(input).toHaveValue('Hello')
  })

  it('keeps a draft over a reload', async () => {
    const { user, input, unmount } = composer()
    await user.type(input, 'Half a thou')
    unmount()
    expect(composer().input).toHaveValue('Half a thou')
  })

  it('offers to stop while an answer is written, and still takes a message', async () => {
    const { user, input, onSend, onStop } = composer({ running: true })
    await user.click(screen.getByRole('button', { name: 'Stop this answer' }))
    expect(onStop).toHaveBeenCalledOnce()
    await user.type(input, 'And another thing{Enter}')
    expect(onSend).toHaveBeenCalledOnce()
  })

  it('stops once', () => {
    composer({ running: true, stopping: true })
    expect(screen.getByRole('button', { name: 'Stopping' })).toBeDisabled()
  })

  it('refuses a text that is too long, and says by how much', () => {
    const { input, onSend } = composer()
    fireEvent.change(input, { target: { value: 'x'.repeat(10_010) } })
    expect(screen.getByRole('status')).toHaveTextContent('too long by about 10 characters')
    fireEvent.keyDown(input, { key: 'Enter' })
    expect(onSend).not.toHaveBeenCalled()
  })
})

describe('the length of a message', () => {
  it('is nobody’s concern until it comes near the limit', () => {
    expect(checkLength('x'.repeat(8_999))).toEqual({ over: false, note: null })
    expect(checkLength('x'.repeat(9_500)).note).toContain('500 more')
    expect(checkLength('x'.repeat(10_000)).over).toBe(false)
    expect(checkLength('x'.repeat(10_001)).over).toBe(true)
  })

  it('counts an emoji once, as the server does, but its bytes too', () => {
    expect(checkLength('👍'.repeat(7_500)).over).toBe(false)
    expect(checkLength('👍'.repeat(9_000)).over).toBe(true)
  })
})
