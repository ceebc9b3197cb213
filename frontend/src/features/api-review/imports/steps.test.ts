import { describe, expect, it } from 'vitest'
import { job } from '../fixtures'
import { isRunning, progressOf, statusLabel, importSteps } from './steps'
import type { Job, Status } from '../types'

/** The way of an import for reading: done ✓, active ▶, failed ✗, to come ·. */
function drawn(some: Partial<Job>): string {
  const signs = { done: '✓', active: '▶', failed: '✗', todo: '·' }
  return importSteps(job(some))
    .map((step) => signs[step.state] + step.status)
    .join(' ')
}

describe('the way of an import', () => {
  it.each<[Status, string]>([
    ['pending', '▶pending ·fetching ·parsing ·classifying ·review'],
    ['fetching', '✓pending ▶fetching ·parsing ·classifying ·review'],
    ['parsing', '✓pending ✓fetching ▶parsing ·classifying ·review'],
    ['classifying', '✓pending ✓fetching ✓parsing ▶classifying ·review'],
    ['review', '✓pending ✓fetching ✓parsing ✓classifying ▶review'],
    ['approved', '✓pending ✓fetching ✓parsing ✓classifying ✓review'],
    ['failed', '✗pending ·fetching ·parsing ·classifying ·review'],
  ])('that is %s is drawn %s', (status, expected) => {
    expect(drawn({ status })).toBe(expected)
  })

  it.each(['file', 'text'] as const)('of a %s fetches nothing', (kind) => {
    const source = { kind, name: 'shop.yaml' }
    expect(drawn({ status: 'parsing', source })).toBe('✓pending ▶parsing ·classifying ·review')
  })

  it('goes on by itself until it waits for a person, or has ended', () => {
    const running = ['pending', 'fetching', 'parsing', 'classifying'] as const
    for (const status of running) expect(isRunning({ status })).toBe(true)
    for (const status of ['review', 'approved', 'failed'] as const) expect(isRunning({ status })).toBe(false)
  })

  it.each([
    [0, 0, null],
    [5, 0, null],
    [0, 10, 0],
    [5, 10, 50],
    [1, 3, 33],
    [10, 10, 100],
    [12, 10, 100],
  ])('%i of %i is %j percent', (done, total, percent) => {
    expect(progressOf({ progress: { done, total, note: '' } })).toBe(percent)
  })

  it('is said in a word', () => {
    expect(statusLabel('review')).toBe('To be reviewed')
    expect(statusLabel('failed')).toBe('Failed')
  })
})
