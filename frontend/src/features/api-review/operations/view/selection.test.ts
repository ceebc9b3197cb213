import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chosenOf, NOTHING, select, type Selection, type Step } from './selection'

const ORDER = [5, 3, 8, 1, 9]

function after(...steps: Step[]): Selection {
  return steps.reduce(select, NOTHING)
}

function chosen(state: Selection): number[] {
  return chosenOf(state, ORDER)
}

describe('choosing one', () => {
  it('adds it, and lets go of it the second time', () => {
    const once = after({ type: 'toggle', idx: 3 })
    expect(chosen(once)).toEqual([3])
    expect(chosen(select(once, { type: 'toggle', idx: 3 }))).toEqual([])
  })

  it('keeps the others and moves the keyboard there', () => {
    const state = after({ type: 'toggle', idx: 3 }, { type: 'toggle', idx: 1 })
    expect(chosen(state)).toEqual([3, 1])
    expect(state.cursor).toBe(1)
  })
})

describe('choosing a range', () => {
  it.each([
    [3, 1, [3, 8, 1]],
    [1, 3, [3, 8, 1]],
    [3, 3, [3]],
    [5, 9, [5, 3, 8, 1, 9]],
  ])('from %i to %i takes %j, as the list is shown', (from, to, expected) => {
    const state = after({ type: 'toggle', idx: from }, { type: 'range', idx: to, order: ORDER })
    expect(chosen(state)).toEqual(expected)
    expect(state.cursor).toBe(to)
  })

  it('can be widened from the same beginning', () => {
    const state = after(
      { type: 'toggle', idx: 3 },
      { type: 'range', idx: 8, order: ORDER },
      { type: 'range', idx: 9, order: ORDER },
    )
    expect(chosen(state)).toEqual([3, 8, 1, 9])
  })

  it('lets go where its beginning was let go', () => {
    const state = after(
      { type: 'all', of: ORDER },
      { type: 'toggle', idx: 3 },
      { type: 'range', idx: 1, order: ORDER },
    )
    expect(chosen(state)).toEqual([5, 9])
  })

  it('without a beginning is choosing one', () => {
    expect(chosen(after({ type: 'range', idx: 8, order: ORDER }))).toEqual([8])
  })

  it('whose beginning was filtered away is choosing one', () => {
    const state = after({ type: 'toggle', idx: 3 }, { type: 'range', idx: 9, order: [8, 1, 9] })
    expect(chosen(state)).toEqual([3, 9])
  })

  it('to something that is not shown changes nothing', () => {
    const state = after({ type: 'toggle', idx: 3 })
    expect(select(state, { type: 'range', idx: 77, order: ORDER })).toBe(state)
  })
})

describe('choosing all', () => {
  it('adds what is shown to what was chosen', () => {
    const state = after({ type: 'toggle', idx: 9 }, { type: 'all', of: [5, 3] })
    expect(chosen(state)).toEqual([5, 3, 9])
  })

  it('completes what was chosen in part, then lets go of it', () => {
    const part = after({ type: 'toggle', idx: 3 })
    const all = select(part, { type: 'all', of: ORDER })
    expect(chosen(all)).toEqual(ORDER)
    expect(chosen(select(all, { type: 'all', of: ORDER }))).toEqual([])
  })

  it('lets go of what is shown only', () => {
    const state = after({ type: 'all', of: ORDER }, { type: 'all', of: [5, 3] })
    expect(chosen(state)).toEqual([8, 1, 9])
  })

  it('is taken back by choosing none', () => {
    const state = after({ type: 'all', of: ORDER }, { type: 'none' })
    expect(chosen(state)).toEqual([])
    expect(select(state, { type: 'none' })).toBe(state)
  })
})

describe('the keyboard', () => {
  it('enters the list from the side it comes from', () => {
    expect(after({ type: 'move', by: 1, order: ORDER }).cursor).toBe(5)
    expect(after({ type: 'move', by: -1, order: ORDER }).cursor).toBe(9)
  })

  it.each([
    [5, 1, 3],
    [5, 3, 1],
    [5, 99, 9],
    [9, -1, 1],
    [9, -99, 5],
    [5, -1, 5],
    [9, 1, 9],
  ])('from %i by %i stands at %i', (from, by, at) => {
    expect(after({ type: 'go', idx: from }, { type: 'move', by, order: ORDER }).cursor).toBe(at)
  })

  it('starts over where what it stood on is no longer shown', () => {
    expect(after({ type: 'go', idx: 3 }, { type: 'move', by: 1, order: [8, 1] }).cursor).toBe(8)
  })

  it('stays where there is nothing', () => {
    const state = after({ type: 'go', idx: 3 })
    expect(select(state, { type: 'move', by: 1, order: [] })).toBe(state)
  })

  it('moves without choosing anything', () => {
    const state = after({ type: 'toggle', idx: 3 }, { type: 'move', by: 2, order: ORDER })
    expect(chosen(state)).toEqual([3])
    expect(state.anchor).toBe(3)
  })

  it('that does not move gives the same selection back', () => {
    const state = after({ type: 'go', idx: 9 })
    expect(select(state, { type: 'move', by: 1, order: ORDER })).toBe(state)
    expect(select(state, { type: 'go', idx: 9 })).toBe(state)
  })
})

describe('whatever a person does', () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant('toggle' as const), idx: fc.constantFrom(...ORDER) }),
    fc.record({
      type: fc.constant('range' as const),
      idx: fc.constantFrom(...ORDER),
      order: fc.subarray(ORDER),
    }),
    fc.record({ type: fc.constant('all' as const), of: fc.subarray(ORDER) }),
    fc.record({ type: fc.constant('none' as const) }),
    fc.record({
      type: fc.constant('move' as const),
      by: fc.integer({ min: -3, max: 3 }),
      order: fc.subarray(ORDER),
    }),
  )

  it('only what is there is chosen, and no state is changed behind its back', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let state = NOTHING
        for (const next of steps) {
          const before = [...state.chosen]
          const following = select(state, next)
          expect([...state.chosen]).toEqual(before)
          for (const idx of following.chosen) expect(ORDER).toContain(idx)
          state = following
        }
      }),
    )
  })

  it('choosing all twice from nothing is nothing', () => {
    fc.assert(
      fc.property(fc.subarray(ORDER), (of) => {
        expect(chosen(after({ type: 'all', of }, { type: 'all', of }))).toEqual([])
      }),
    )
  })
})
