import { describe, expect, it } from 'vitest'
import { CANCEL_ASKED as asked, frames, numbered } from '../testing/frames'
import { after, toolStates as tools } from '../testing/reduce-frames'
import { view } from './view'

describe('the end of a turn', () => {
  it('leaves no call running that will never have a result', () => {
    for (const end of [
      frames.messageComplete(),
      frames.messageComplete({ cancelled: true }),
      frames.error(),
    ]) {
      expect(tools(after(numbered([frames.message('Hi', 'm1'), frames.toolCall('c1'), end])))).toEqual([
        'interrupted',
      ])
    }
  })

  it('leaves a call that waits for consent waiting', () => {
    expect(tools(after([...asked, ...numbered([frames.messageComplete()], 9)]))).toEqual(['waiting'])
  })

  it('is a question to the customer, open until the customer says something', () => {
    const question = numbered([
      frames.message('Do the thing', 'm1'),
      frames.clarification('Which one?', ['A', 'B']),
    ])
    const state = after(question)
    expect(view(state)).toMatchObject({ running: false, announcement: 'Which one?' })
    expect(view(state).items.at(-1)).toMatchObject({ kind: 'clarification', options: ['A', 'B'], open: true })
    const answered = after([...question, ...numbered([frames.message('A', 'm2')], 9)])
    expect(view(answered).items[1]).toMatchObject({ open: false })
  })

  it('after a question is not counted twice', () => {
    const events = [
      frames.message('Do the thing', 'm1'),
      frames.message('Hello?', 'm2'),
      frames.clarification('Which one?'),
      frames.messageComplete(),
    ]
    expect(view(after(numbered(events))).running).toBe(true)
    expect(view(after(numbered([...events, frames.toolCall('c1'), frames.messageComplete()]))).running).toBe(
      false,
    )
  })

  it('may come with the hand-over to a person', () => {
    const state = after(
      numbered([frames.message('A person!', 'm1'), frames.escalated('Somebody will write.')]),
    )
    expect(view(state).items.at(-1)).toMatchObject({ kind: 'escalation', text: 'Somebody will write.' })
    expect(view(state).announcement).toBe('Somebody will write.')
  })
})
