import { describe, expect, it } from 'vitest'
import { frames, numbered } from '../testing/frames'
import { after, kinds, only, play } from '../testing/reduce-frames'
import { reduce } from './reducer'
import { EMPTY } from './state'
import { view } from './view'

const ERROR = { code: 'rate_limited', message: 'Wait a little.', retryable: true }

describe('failures', () => {
  const failed = numbered([frames.message('Hello', 'm1'), frames.error({ message_id: 'm1' })])

  it('end the turn and offer to try it again', () => {
    expect(view(after(failed)).running).toBe(false)
    expect(only(after(failed), 'error').retry).toEqual({ messageId: 'm1' })
  })

  it('that cannot be helped offer nothing', () => {
    const state = after(numbered([frames.error({ message_id: 'm1', retryable: false })]))
    expect(only(state, 'error').retry).toBeNull()
  })

  it('are being retried until something comes of it', () => {
    const key = only(after(failed), 'error').key
    const retrying = reduce(after(failed), { type: 'retried', key })
    expect(only(retrying, 'error').retrying).toBe(true)
    expect(view(retrying).running).toBe(true)
    const worked = after(numbered([frames.token('a1', 'Hi!'), frames.messageComplete()], 9), retrying)
    expect(only(worked, 'error')).toMatchObject({ retrying: false, retry: null })
  })

  it('a second time are retried from the newest', () => {
    const twice = after([...failed, ...numbered([frames.error({ message_id: 'm1' })], 9)])
    const retries = view(twice).items.flatMap((item) => (item.kind === 'error' ? [item.retry] : []))
    expect(retries).toEqual([null, { messageId: 'm1' }])
  })

  it('of a turn that another message follows can still be retried', () => {
    const more = numbered(
      [frames.message('And?', 'm2'), frames.token('a2', 'Yes.'), frames.messageComplete()],
      9,
    )
    expect(only(after([...failed, ...more]), 'error').retry).toEqual({ messageId: 'm1' })
  })

  it('without a place are shown once, until dismissed', () => {
    const state = after([frames.error(ERROR), frames.error(ERROR)])
    const { key } = only(state, 'error')
    expect(view(reduce(state, { type: 'dismissed', key })).items).toEqual([])
  })

  it('that end the conversation are said by its ending', () => {
    const codes = ['session_expired', 'conversation_ended', 'conversation_unknown']
    const endings = codes.map((code) => view(after([frames.error({ code })])))
    expect(endings.map((shown) => [shown.ending, shown.items.length])).toEqual([
      ['expired', 0],
      ['ended', 0],
      ['unknown', 0],
    ])
  })

  it('without a place clear what was waiting on the connection', () => {
    const state = reduce(reduce(EMPTY, { type: 'resuming' }), { type: 'stopped' })
    expect(after([frames.error(ERROR)], state)).toMatchObject({ syncing: false, stopping: false })
  })
})

describe('the state of a conversation', () => {
  const sent = numbered([frames.message('Hello', 'm1')])

  it('is what the server says until a later event', () => {
    const resumed = after([...sent, frames.resumed(5, false)])
    expect(view(resumed).running).toBe(false)
    expect(view(after(numbered([frames.message('More', 'm2')], 7), resumed)).running).toBe(true)
    expect(view(after([frames.resumed(0, true)])).running).toBe(true)
  })

  it('is being brought up to date from resume to resumed, or to the cut', () => {
    const resuming = reduce(EMPTY, { type: 'resuming' })
    expect(view(resuming).syncing).toBe(true)
    expect(view(after([frames.resumed(0, false)], resuming)).syncing).toBe(false)
    expect(view(reduce(resuming, { type: 'disconnected' })).syncing).toBe(false)
  })

  it('is stopping from the button to the end', () => {
    const stopping = reduce(after(sent), { type: 'stopped' })
    expect(view(stopping).stopping).toBe(true)
    const stopped = after(numbered([frames.messageComplete({ cancelled: true })], 9), stopping)
    expect(view(stopped)).toMatchObject({ stopping: false, running: false })
    expect(kinds(stopped)).toEqual(['customer', 'stopped'])
  })

  it('is ended by the agent, by the server, or by time', () => {
    expect(view(after(numbered([frames.messageComplete({ ended: true })]))).ending).toBe('ended')
    expect(view(after([frames.resumed(3, false, true)])).ending).toBe('ended')
    const expired = after([frames.error({ code: 'session_expired' }), frames.resumed(3, false, true)])
    expect(view(expired).ending).toBe('expired')
  })

  it('knows its rating, at once and after a reload', () => {
    expect(view(play({ type: 'rated', rating: 4 })).rating).toBe(4)
    expect(view(after(numbered([frames.feedback(5)]))).rating).toBe(5)
  })

  it('runs until every message has been answered', () => {
    const two = numbered([frames.message('One', 'm1'), frames.message('Two', 'm2'), frames.messageComplete()])
    expect(view(after(two)).running).toBe(true)
    expect(view(after([...two, ...numbered([frames.messageComplete()], 9)])).running).toBe(false)
  })
})
