import { describe, expect, it } from 'vitest'
import { frames } from '../../testing/frames'
import { STEPS_PER_PAGE } from './limits'
import { barOf, endOf, firstOf, indexOf, pageOf, pagesAround, StepMemo, slotsOf, waitedOf } from './pages'
import { records } from './record-fixtures'
import { stepOf, STORY } from './fixtures'

describe('pages of steps', () => {
  it('begin with the first step and have as many as they may', () => {
    expect([1, STEPS_PER_PAGE, STEPS_PER_PAGE + 1].map(pageOf)).toEqual([0, 0, 1])
    expect(pageOf(0)).toBe(0)
    expect(firstOf(2)).toBe(2 * STEPS_PER_PAGE + 1)
    expect(endOf(0, 17)).toBe(17)
    expect(endOf(1, 10_000)).toBe(2 * STEPS_PER_PAGE)
  })

  it('have every step in its place, and nothing where a number was never given away', () => {
    const slots = slotsOf([stepOf(frames.feedback(1), 1, 0), stepOf(frames.feedback(3), 3, 9)], 0, 4)
    expect(slots.map((step) => step?.seq ?? null)).toEqual([1, null, 3, null])
  })

  it('leave out what belongs to other pages', () => {
    const far = stepOf(frames.feedback(1), STEPS_PER_PAGE + 1, 0)
    expect(slotsOf([far], 0, STEPS_PER_PAGE).every((step) => step === null)).toBe(true)
    expect(slotsOf([far], 1, STEPS_PER_PAGE + 1)).toEqual([far])
  })

  it('are loaded around what is in sight, with the one beside it when its edge is near', () => {
    expect(pagesAround(1, 20, 10_000)).toEqual([0])
    expect(pagesAround(90, 110, 10_000)).toEqual([0])
    expect(pagesAround(180, 199, 10_000)).toEqual([0, 1])
    expect(pagesAround(205, 225, 10_000)).toEqual([0, 1])
    expect(pagesAround(9990, 10_000, 10_000)).toEqual([49])
    expect(pagesAround(1, 1, 0)).toEqual([])
  })

  it('are looked through once', () => {
    const slots = slotsOf(STORY, 0, STORY.length)
    expect(indexOf(slots)).toBe(indexOf(slots))
  })

  it('make one reel, the same for the same pages', () => {
    const memo = new StepMemo()
    const first = slotsOf(STORY, 0, STORY.length)
    const steps = memo.of([first])
    expect(steps).toEqual(STORY)
    expect(memo.of([first])).toBe(steps)
    expect(memo.of([first, [null]])).not.toBe(steps)
  })
})

describe('the waterfall', () => {
  const turn = [
    stepOf(records.turnStarted(), 1, 0),
    stepOf(records.modelCalled(600), 2, 800),
    stepOf(records.toolRan({ duration_ms: 200 }), 3, 1000),
  ]

  it('shows each step within its turn', () => {
    const slots = [slotsOf(turn, 0, 3)]
    expect(turn.map((step) => barOf(step, slots))).toEqual([
      { left: 0, width: 0 },
      { left: 0.2, width: 0.6 },
      { left: 0.8, width: 0.2 },
    ])
  })

  it('knows a turn that goes over the edge of a page', () => {
    const [begun, called, ran] = turn
    const parts = [[begun ?? null, called ?? null], [ran ?? null]]
    expect(called && barOf(called, parts)).toMatchObject({ left: 0.2 })
  })

  it('has no bar for what belongs to no turn, and one of no length for a moment', () => {
    const alone = stepOf(frames.feedback(1), 1, 0, { turn_id: null })
    expect(barOf(alone, [[alone]])).toBeNull()
    const moment = stepOf(frames.feedback(1), 1, 0)
    expect(barOf(moment, [[moment]])).toEqual({ left: 0, width: 0 })
    expect(barOf(moment, [])).toBeNull()
  })
})

describe('an approval', () => {
  const slots = [slotsOf(STORY, 0, STORY.length)]
  const at = (seq: number) => STORY[seq - 1] ?? STORY[0]

  it('tells how long its answer took', () => {
    expect([6, 8].map((seq) => waitedOf(at(seq) as never, slots))).toEqual([90_000, 4000])
  })

  it('does not where its question is out of sight, or where it is no answer', () => {
    expect(waitedOf(at(6) as never, [])).toBeNull()
    expect(waitedOf(at(1) as never, slots)).toBeNull()
  })
})
