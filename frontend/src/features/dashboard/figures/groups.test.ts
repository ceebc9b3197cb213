import { describe, expect, it } from 'vitest'
import { FIGURES, figure } from '../page/fixtures'
import { countedBy, firstFigures, otherGroups, stepFigures } from './groups'

describe('where figures stand', () => {
  it('shows every figure once, also one that the page does not know', () => {
    const all = [...FIGURES, figure('brand_new')]
    const groups = otherGroups(all)
    const shown = [firstFigures(all), stepFigures(all), ...groups.map((group) => group.figures)].flat()
    expect(shown.map((one) => one.key).sort()).toEqual(all.map((one) => one.key).sort())
    expect(groups.at(-1)).toMatchObject({ title: 'More', figures: [{ key: 'brand_new' }] })
  })

  it('leaves out groups that the server has no figure of', () => {
    expect(otherGroups([figure('turns')]).map((group) => group.title)).toEqual(['Volume'])
  })

  it('says what a denominator counts', () => {
    expect(countedBy('satisfaction')).toBe('rating')
    expect(countedBy('automation_rate')).toBe('conversation')
  })
})
