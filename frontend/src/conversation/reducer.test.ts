import { describe, expect, it } from 'vitest'
import type { ServerFrame } from '../api/protocol.gen'
import { frames, numbered } from '../testing/frames'
import { after, kinds, only, play } from '../testing/reduce-frames'
import { reduce, type Action } from './reducer'
import { EMPTY } from './state'
import { view } from './view'

const ERROR = { code: 'rate_limited', message: 'Wait a little.', retryable: true }

describe('an answered question', () => {
  const events = numbered([
    frames.message('Where is order 1042?', 'm1'),
    frames.toolCall('c1'),
    frames.toolResult('c1'),
    frames.token('a1', 'It is on its way.'),
    frames.messageComplete(),
  ])

  it('shows what was said, done and answered, in order', () => {
    expect(kinds(after(events))).toEqual(['customer', 'tool', 'agent'])
  })

  it('is running until it is complete', () => {
    expect(view(after(events.slice(0, 4))).running).toBe(true)
    expect(view(after(events)).running).toBe(false)
  })

  it('is told the same whether it comes at once or one by one', () => {
    const oneByOne = events.reduce((state, event) => after([event], state), EMPTY)
    expect(oneByOne).toEqual(after(events))
  })

  it('ignores what it has seen', () => {
    const once = after(events)
    expect(after(events, once)).toEqual(once)
  })

  it('names the result, its time and its words', () => {
    const tool = only(after(events), 'tool')
    expect(tool).toMatchObject({
      state: 'succeeded',
      summary: 'Order 1042 is on its way.',
      durationMs: 12,
      title: 'Look up an order',
    })
  })

  it('announces the answer once it is whole', () => {
    expect(view(after(events.slice(0, 3))).announcement).toBe('')
    expect(view(after(events)).announcement).toBe('It is on its way.')
  })
})

describe('live text', () => {
  const first = numbered([frames.message('Hello', 'm1')])

  function texts(...pieces: ServerFrame[]): string[] {
    return view(after([...first, ...pieces])).items.flatMap((item) =>
      item.kind === 'agent' ? [item.text] : [],
    )
  }

  it('grows piece by piece', () => {
    expect(texts(frames.liveToken('a1', 'It ', 0), frames.liveToken('a1', 'is.', 3))).toEqual(['It is.'])
  })

  it('takes an overlapping piece once', () => {
    expect(texts(frames.liveToken('a1', 'It is', 0), frames.liveToken('a1', 'is on', 3))).toEqual([
      'It is on',
    ])
    expect(texts(frames.liveToken('a1', 'It is', 0), frames.liveToken('a1', 'It', 0))).toEqual(['It is'])
  })

  it('leaves out a piece after a gap', () => {
    expect(texts(frames.liveToken('a1', 'It', 0), frames.liveToken('a1', 'way', 9))).toEqual(['It'])
    expect(texts(frames.liveToken('a1', 'way', 9))).toEqual([])
  })

  it('counts an emoji as the server does, in units of UTF-16', () => {
    expect(texts(frames.liveToken('a1', '👍🏽 ', 0), frames.liveToken('a1', 'ok', 5))).toEqual(['👍🏽 ok'])
    expect(texts(frames.liveToken('a1', '👍 ', 0), frames.liveToken('a1', '👍 ok', 0))).toEqual(['👍 ok'])
  })

  it('is replaced by the whole text, and ignored from then on', () => {
    const whole = numbered([frames.token('a1', 'It is here.')], 9)
    expect(texts(frames.liveToken('a1', 'It', 0), ...whole, frames.liveToken('a1', 'It', 0))).toEqual([
      'It is here.',
    ])
  })

  it('of two agents at once stays apart', () => {
    expect(
      texts(
        frames.liveToken('a1', 'One', 0),
        frames.liveToken('b1', 'Two', 0),
        frames.liveToken('a1', '!', 3),
      ),
    ).toEqual(['One!', 'Two'])
  })

  it('is dropped when a resume brings it again, and when its turn is over', () => {
    const state = after([...first, frames.liveToken('a1', 'It', 0)])
    expect(kinds(reduce(state, { type: 'resuming' }))).toEqual(['customer'])
    expect(kinds(after(numbered([frames.messageComplete()], 9), state))).toEqual(['customer'])
    expect(view(after(numbered([frames.error({ message_id: 'm1' })], 9), state)).running).toBe(false)
  })
})

describe('a message of ours', () => {
  const sent: Action = { type: 'sent', messageId: 'm1', content: 'Hello', at: '2026-03-01T10:00:00Z' }

  it('is shown at once as being sent, and once when it is stored', () => {
    expect(only(play(sent), 'customer').state).toBe('sending')
    expect(only(after(numbered([frames.message('Hello', 'm1')]), play(sent)), 'customer').state).toBe('sent')
  })

  it('that is refused says why and can be sent again', () => {
    const refused = after([frames.error({ ...ERROR, message_id: 'm1' })], play(sent))
    expect(only(refused, 'customer')).toMatchObject({ state: 'failed', problem: ERROR })
    const again = reduce(refused, { type: 'retried', key: 'm1' })
    expect(only(again, 'customer').state).toBe('sending')
    expect(only(reduce(refused, sent), 'customer').state).toBe('sending')
  })

  it('sent again leaves another refused one as it is', () => {
    const other: Action = { type: 'sent', messageId: 'm2', content: 'Bye', at: '2026-03-01T10:00:00Z' }
    const refused = after(
      [frames.error({ ...ERROR, message_id: 'm1' }), frames.error({ ...ERROR, message_id: 'm2' })],
      play(sent, other),
    )
    const again = view(reduce(refused, { type: 'retried', key: 'm2' })).items
    expect(again.map((item) => item.kind === 'customer' && item.state)).toEqual(['failed', 'sending'])
  })

  it('stays below what is being answered', () => {
    const state = after([frames.liveToken('a1', 'It', 0)], play(sent))
    expect(kinds(state)).toEqual(['agent', 'customer'])
  })
})

describe('a frame of a newer server', () => {
  const unknown = { type: 'from_tomorrow', thread_id: 't1' } as unknown as ServerFrame

  it('is passed over, and what follows it is not', () => {
    const state = after(numbered([frames.message('Hello', 'm1'), unknown, frames.token('a1', 'Hi')]))
    expect(kinds(state)).toEqual(['customer', 'agent'])
    expect(state.story.lastSeq).toBe(5)
    expect(after(numbered([unknown]))).toMatchObject({ story: { items: [], lastSeq: 1 } })
  })

  it('changes nothing where it has no number', () => {
    const state = after(numbered([frames.message('Hello', 'm1')]))
    expect(after([unknown], state)).toBe(state)
  })
})
