import { act, screen, waitFor } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { frames, numbered } from '../../testing/frames'
import { show } from '../../testing/render'
import { restServer } from '../../testing/server'
import { FakeClock, FakeSocket } from '../../testing/fake-socket'
import { Connection } from '../../ws/connection'
import { ConnectionProvider, type Connect } from '../../ws/connection-context'
import { ChatPage } from './chat-page'

const server = restServer()

let clock: FakeClock
let sockets: FakeSocket[]

beforeEach(() => {
  clock = new FakeClock()
  sockets = []
  localStorage.clear()
  sessionStorage.clear()
})

const connect: Connect = (wanted) =>
  new Connection({
    ...wanted,
    openSocket: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket
    },
    diagnose: () => Promise.resolve(null),
    isOnline: () => true,
    clock,
    random: () => 1,
  })

async function chat(at = '/') {
  const shown = show(
    <>
      <div id="page-tools" />
      <ConnectionProvider connect={connect}>
        <ChatPage />
      </ConnectionProvider>
    </>,
    { at },
  )
  await screen.findByRole('region', { name: 'Conversation' })
  return shown
}

function socket(): FakeSocket {
  const last = sockets.at(-1)
  if (!last) throw new Error('no socket was opened')
  return last
}

/** What the server says, once it is shown. */
function receive(...received: Parameters<FakeSocket['receive']>) {
  act(() => {
    socket().receive(...received)
    clock.pass(16)
  })
}

describe('a new conversation', () => {
  it('greets, offers examples, and has an address once the server knows it', async () => {
    const { user, router } = await chat()
    expect(screen.getByRole('heading', { name: 'Hello! How can I help?' })).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Where is order 1042?' }))
    expect(screen.getByText('Sending…')).toBeVisible()
    act(() => socket().accept())
    const [message] = socket().sent
    if (message?.type !== 'message') throw new Error('no message was sent')
    expect(message.content).toBe('Where is order 1042?')
    expect(router.state.location.pathname).toBe('/')
    receive(...numbered([frames.message('Where is order 1042?', message.message_id ?? '')]))
    await waitFor(() => expect(router.state.location.pathname).toBe(`/c/${message.thread_id}`))
    expect(sockets).toHaveLength(1)
    expect(screen.getByLabelText('Your message')).toHaveFocus()
    expect(screen.getByText('Working on it…')).toBeVisible()
  })

  it('whose first message was never acknowledged is found again after a reload', async () => {
    const first = await chat()
    await first.user.click(screen.getByRole('button', { name: 'Where is order 1042?' }))
    act(() => socket().accept())
    const [lost] = socket().sent
    first.unmount()
    const { router, user } = await chat()
    expect(screen.getByText('Sending…')).toBeVisible()
    act(() => socket().accept())
    const [again] = socket().sent
    expect(again).toEqual(lost)
    if (again?.type !== 'message') throw new Error('no message was sent')
    receive(...numbered([frames.message(again.content, again.message_id ?? '')]))
    await waitFor(() => expect(router.state.location.pathname).toBe(`/c/${again.thread_id}`))

    await user.type(screen.getByLabelText('Your message'), 'And 1043?{Enter}')
    expect(sessionStorage.getItem('smart-support-first')).toBeNull()
  })

  it('is come back to from the front page', async () => {
    localStorage.setItem('smart-support-conversation', 'abc')
    const { router } = await chat()
    expect(router.state.location.pathname).toBe('/c/abc')
  })
})

describe('a conversation', () => {
  it('is told from its beginning, then goes on live', async () => {
    await chat('/c/abc')
    act(() => socket().accept())
    expect(socket().sent).toEqual([{ type: 'resume', thread_id: 'abc', after: 0 }])
    receive(...numbered([frames.message('Hi', 'm1'), frames.token('a1', 'Hello!'), frames.messageComplete()]))
    receive(frames.resumed(9, false))
    expect(screen.getByRole('article', { name: 'Orders' })).toHaveTextContent('Hello!')
    expect(screen.getByText('Hello!', { selector: '[aria-live]' })).toBeInTheDocument()
  })

  it('answers a question back by one of its options', async () => {
    const { user } = await chat('/c/abc')
    act(() => socket().accept())
    receive(
      ...numbered([
        frames.message('Do it', 'm1'),
        frames.clarification('Which one?', ['The first', 'The second']),
      ]),
    )
    receive(frames.resumed(9, false))
    await user.click(screen.getByRole('button', { name: 'The second' }))
    expect(socket().sent.at(-1)).toMatchObject({ type: 'message', content: 'The second' })
  })

  it('sends an approval by its id, and a failed turn again as it was', async () => {
    const { user } = await chat('/c/abc')
    act(() => socket().accept())
    receive(...numbered([frames.message('Cancel it', 'm1'), frames.interrupt('i1', { call_id: 'c1' })]))
    receive(frames.resumed(9, false))
    await user.click(screen.getByRole('button', { name: /^Approve/ }))
    const answer = { type: 'interrupt_response', thread_id: 'abc', interrupt_id: 'i1', approved: true }
    expect(socket().sent.at(-1)).toEqual(answer)
    receive(
      ...numbered([frames.interruptResolved('i1', 'approved'), frames.error({ interrupt_id: 'i1' })], 11),
    )
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(socket().sent.at(-1)).toEqual(answer)
  })

  it('sends a failed message again with its id, and dismisses what has no place', async () => {
    const { user } = await chat('/c/abc')
    act(() => socket().accept())
    receive(
      ...numbered([frames.message('Hi', 'm1'), frames.error({ message_id: 'm1' })]),
      frames.resumed(9, false),
    )
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(socket().sent.at(-1)).toMatchObject({ type: 'message', content: 'Hi', message_id: 'm1' })
    receive(frames.error({ code: 'internal_error', message: 'Something went wrong.' }))
    await user.click(screen.getByRole('button', { name: 'Dismiss this problem' }))
    expect(screen.queryByText('Something went wrong.')).toBeNull()
  })

  it('that has expired gives way to a new one, with what was not sent as its draft', async () => {
    const { user, router } = await chat('/c/abc')
    act(() => socket().accept())
    receive(frames.resumed(0, false))
    await user.type(screen.getByLabelText('Your message'), 'Are you there?{Enter}')
    const sent = socket().sent.at(-1)
    const message_id = sent?.type === 'message' ? sent.message_id : null
    receive(
      frames.error({
        code: 'session_expired',
        message: 'Expired.',
        retryable: false,
        message_id: message_id ?? null,
      }),
    )
    await user.click(screen.getByRole('button', { name: 'Start a new conversation' }))
    expect(router.state.location.pathname).toBe('/')
    expect(screen.getByLabelText('Your message')).toHaveValue('Are you there?')
  })

  it('can be left for a new one', async () => {
    const { user, router } = await chat('/c/abc')
    await user.click(screen.getByRole('button', { name: 'New conversation' }))
    expect(router.state.location.pathname).toBe('/')
    expect(localStorage.getItem('smart-support-conversation')).toBeNull()
  })
})

describe('the chat', () => {
  it('says so when the server cannot be reached, and tries again when asked', async () => {
    server.use(http.get('*/api/v1/session', () => HttpResponse.error(), { once: true }))
    const { user } = show(<ChatPage />)
    expect(await screen.findByRole('alert')).toHaveTextContent('cannot be reached')
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByLabelText('Your message')).toBeVisible()
  })
})
