import { expect, it } from 'vitest'
import { ago } from './ago'

it.each([
  [-500, 'just now'],
  [4_999, 'just now'],
  [5_000, '5 s ago'],
  [59_999, '59 s ago'],
  [60_000, '1 min ago'],
  [3_600_000, '1 h ago'],
  [86_400_000, 'a day ago'],
  [864_000_000, '10 days ago'],
  [86_400_000_000, '1,000 days ago'],
])('%d ms ago is %s', (ms, words) => expect(ago(ms)).toBe(words))
