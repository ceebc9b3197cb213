import { describe, expect, it } from 'vitest'
import { api, DESTRUCTIVE, operation, READ, scheme, WRITE } from './fixtures'
import { formatCounts, summarise } from './summary'
import { count, list, percent } from './format'
import { actsWithoutConsent, isDoubtful } from './labels'

const ALL = [READ, WRITE, DESTRUCTIVE]

describe('what an approval makes live', () => {
  it('is counted from what is enabled', () => {
    expect(summarise(ALL, api())).toEqual({
      enabled: 2,
      left: 1,
      reads: 1,
      writes: 1,
      destructive: 0,
      asks: { nobody: 0, customer: 1, operator: 0, both: 0 },
      agents: ['things', 'orders'],
      tokens: 300,
      cautions: [],
    })
  })

  it('counts a destructive operation among the writes, and says who is asked', () => {
    const all = [...ALL.map((one) => ({ ...one, enabled: true })), { ...WRITE, consent: 'operator' as const }]
    expect(summarise(all, api())).toMatchObject({
      writes: 3,
      destructive: 1,
      asks: { nobody: 0, customer: 1, operator: 1, both: 1 },
    })
  })

  it('is nothing where nothing is enabled, and forgets what is gone from the document', () => {
    expect(summarise([DESTRUCTIVE], api())).toMatchObject({ enabled: 0, left: 1, agents: [], tokens: 0 })
    expect(summarise([operation({ change: 'removed' })], api())).toMatchObject({ enabled: 0, left: 0 })
  })
})

describe('the cautions', () => {
  function cautions(operations = ALL, of = api()): string[] {
    return summarise(operations, of).cautions
  }

  it('name a write that asks nobody', () => {
    expect(cautions([{ ...WRITE, consent: 'nobody' }])).toEqual(['1 write runs without asking anybody.'])
    expect(cautions([1, 2].map((idx) => ({ ...WRITE, idx, consent: 'nobody' })))).toEqual([
      '2 writes run without asking anybody.',
    ])
    expect(cautions([{ ...WRITE, consent: 'nobody', enabled: false }])).toEqual([])
  })

  it('name labels in doubt and what became riskier', () => {
    const riskier = operation({ confidence: 0.3, change: 'riskier' })
    expect(cautions([riskier])).toEqual([
      '1 operation has become riskier since the last import.',
      '1 label is in doubt.',
    ])
  })

  it('name missing credentials only where none of the ways is set up', () => {
    const unset = [scheme(), scheme({ name: 'login', kind: 'oauth2' })]
    expect(cautions(ALL, api({ schemes: unset }))).toEqual([
      'No credentials are set (key and login): the API will probably refuse the calls.',
    ])
    expect(cautions(ALL, api({ schemes: [scheme({ set: true }), scheme({ name: 'login' })] }))).toEqual([])
    expect(cautions(ALL, api({ schemes: [] }))).toEqual([])
  })

  it('name an API that has no address', () => {
    expect(cautions(ALL, api({ base_url: '', servers: [] }))).toEqual([
      'The API has no base address yet: nothing can be called.',
    ])
  })

  it('say nothing of an API that is not known yet', () => {
    expect(summarise(ALL, undefined).cautions).toEqual([])
  })
})

describe('words', () => {
  it('for counts leave out what is zero', () => {
    expect(formatCounts({ read: 12, write: 3, destructive: 1 })).toBe('12 reads, 3 writes and 1 destructive')
    expect(formatCounts({ read: 1, write: 0, destructive: 0 })).toBe('1 read')
    expect(formatCounts({ read: 0, write: 0, destructive: 0 })).toBe('')
  })

  it('for one and many', () => {
    expect([count(0, 'read'), count(1, 'read'), count(1200, 'read')]).toEqual([
      '0 reads',
      '1 read',
      '1,200 reads',
    ])
    expect(count(2, 'is', 'are')).toBe('2 are')
  })

  it('for lists', () => {
    expect([list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ])
  })

  it('for shares', () => {
    expect([percent(0), percent(0.955), percent(1)]).toEqual(['0 %', '96 %', '100 %'])
  })

  it('for doubt and for writes that ask nobody', () => {
    expect([isDoubtful(operation({ confidence: 0.59 })), isDoubtful(operation({ confidence: 0.6 }))]).toEqual(
      [true, false],
    )
    expect(actsWithoutConsent(READ)).toBe(false)
    expect(actsWithoutConsent({ access: 'destructive', consent: 'nobody' })).toBe(true)
    expect(actsWithoutConsent({ access: 'write', consent: 'operator' })).toBe(false)
  })
})
