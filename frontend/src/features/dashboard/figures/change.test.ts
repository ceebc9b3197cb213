import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeOf } from './change'
import type { Figure } from '../types'

type Changed = Parameters<typeof changeOf>[0]

const BASE: Changed = { value: 20, previous: 10, change: 1, unit: 'count', better: 'up' }

function sentenceOf(more: Partial<Changed>): string {
  const { arrow, amount, word, tone } = changeOf({ ...BASE, ...more })
  return [arrow, amount, word, tone].filter((part) => part !== '').join(' ')
}

describe('how a figure has changed', () => {
  it.each<[string, Partial<Changed>]>([
    ['↑ 100 % better good', {}],
    ['↑ 12 % better good', { change: 0.12 }],
    ['↓ 12 % worse bad', { change: -0.12 }],
    ['↑ 12 % worse bad', { change: 0.12, better: 'down' }],
    ['↓ 12 % better good', { change: -0.12, better: 'down' }],
    ['↑ 12 % more even', { change: 0.12, better: '' }],
    ['↓ 12 % less even', { change: -0.12, better: '' }],
    ['↑ 3.2 points better good', { change: 3.24, unit: 'percent' }],
    ['↓ 1 point worse bad', { change: -0.98, unit: 'percent' }],
    ['↑ 0.1 points better good', { change: 0.05, unit: 'percent' }],
    ['→ unchanged even', { change: 0.04, unit: 'percent' }],
    ['→ unchanged even', { change: 0.0049 }],
    ['→ unchanged even', { change: 0 }],
    ['↑ 1 % better good', { change: 0.005 }],
    ['↑ 199 % better good', { change: 1.99 }],
    ['↑ 3 times better good', { change: 2 }],
    ['↑ 4.5 times better good', { change: 3.46 }],
    ['↑ 46 times better good', { change: 45.2 }],
    ['↑ 1,000,001 times better good', { change: 1e6 }],
    ['↓ 100 % worse bad', { change: -1, value: 0 }],
    ['↓ over 99 % worse bad', { change: -0.9999 }],
    ['↑ from 0 worse bad', { previous: 0, change: null, better: 'down' }],
    ['→ unchanged even', { value: 0, previous: 0, change: null }],
    ['nothing to compare with even', { previous: null, change: null }],
    ['nothing to compare with even', { value: null, change: null }],
  ])('%s', (words, more) => expect(sentenceOf(more)).toBe(words))

  it('always has a word, and a colour only where a direction is good', () => {
    const better = fc.constantFrom<Figure['better'][]>('up', 'down', '')
    const unit = fc.constantFrom<Figure['unit'][]>('count', 'percent', 'ms', 'usd', 'tokens', 'rating')
    fc.assert(
      fc.property(fc.double({ min: -1, noNaN: true, max: 1e9 }), better, unit, (change, best, of) => {
        const { arrow, word, tone } = changeOf({ ...BASE, change, unit: of, better: best })
        expect(word).not.toBe('')
        if (best === '') expect(tone).toBe('even')
        if (tone !== 'even') expect((arrow === '↑') === (best === 'up')).toBe(tone === 'good')
      }),
    )
  })
})
