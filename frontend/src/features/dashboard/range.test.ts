import { describe, expect, it } from 'vitest'
import { addressOf, dayIn, mistakeIn, ownZone, queryOf, rangeIn, stepOf, zones, type Chosen } from './range'

const NOW = new Date('2026-03-31T23:30:00Z')
const BERLIN = 'Europe/Berlin'

function read(search: string): Chosen {
  return rangeIn(new URLSearchParams(search), BERLIN, NOW)
}

describe('the range in an address', () => {
  it('is a month where nothing is said, in the days of the browser', () => {
    expect(read('')).toEqual({ name: '30d', from: '2026-03-03', to: '2026-04-01', tz: BERLIN })
  })

  it('is what the address says', () => {
    expect(read('range=7d').name).toBe('7d')
    expect(read('range=24h&tz=Asia/Tokyo')).toMatchObject({ name: '24h', tz: 'Asia/Tokyo' })
    expect(read('range=custom&from=2026-01-01&to=2026-01-31')).toEqual({
      name: 'custom',
      from: '2026-01-01',
      to: '2026-01-31',
      tz: BERLIN,
    })
  })

  it.each(['range=forever', 'range=', 'tz=Middle/Earth', 'tz=%2B02:00', 'tz='])(
    'is as if it were not there where it makes no sense: %s',
    (search) => expect(read(search)).toMatchObject({ name: '30d', tz: BERLIN }),
  )

  it('begins with the last month where the days of a custom one are missing or wrong', () => {
    for (const days of ['', '&from=2026-02-30&to=2026-03-01', '&from=2026-03-02&to=2026-03-01']) {
      expect(read(`range=custom${days}`)).toMatchObject({ from: '2026-03-03', to: '2026-04-01' })
    }
  })

  it('comes back from its own address', () => {
    for (const search of ['range=7d', 'range=custom&from=2026-01-01&to=2026-01-31&tz=Asia%2FTokyo']) {
      expect(addressOf(read(search), BERLIN)).toBe(`?${search}`)
    }
  })

  it('keeps what else the address says, and leaves out the zone that is the viewer’s own', () => {
    const kept = new URLSearchParams('figure=cost&range=7d&from=1&tz=UTC')
    expect(addressOf(read('range=90d'), BERLIN, kept)).toBe('?figure=cost&range=90d')
  })
})

describe('what the server is asked', () => {
  it('always says the zone, and days only of a custom range', () => {
    expect(queryOf(read('range=7d'))).toBe('range=7d&tz=Europe%2FBerlin')
    expect(queryOf(read('range=custom&from=2026-01-01&to=2026-01-31'))).toBe(
      'range=custom&from=2026-01-01&to=2026-01-31&tz=Europe%2FBerlin',
    )
  })

  it('is by the hour only where there is room for hours', () => {
    expect(stepOf(read('range=24h'))).toBe('hour')
    expect(stepOf(read('range=7d'))).toBe('day')
    expect(stepOf(read('range=custom&from=2026-01-01&to=2026-01-02'))).toBe('hour')
    expect(stepOf(read('range=custom&from=2026-01-01&to=2026-01-03'))).toBe('day')
  })
})

describe('the days of a custom range', () => {
  it.each([
    ['2026-01-01', '2026-01-01', null],
    ['2024-01-01', '2024-12-31', null],
    ['2025-01-01', '2026-01-02', /at most 366 days/],
    ['2026-01-02', '2026-01-01', /Exchange them/],
    ['', '2026-01-01', /both days/],
    ['2026-01-01', '', /both days/],
    ['2026-02-29', '2026-03-01', /both days/],
    ['01.02.2026', '2026-03-01', /both days/],
  ])('%s to %s', (from, to, mistake) => {
    if (mistake === null) expect(mistakeIn(from, to)).toBeNull()
    else expect(mistakeIn(from, to)).toMatch(mistake)
  })
})

describe('time zones', () => {
  it('say on which day a moment lies', () => {
    expect(dayIn(NOW, 'UTC')).toBe('2026-03-31')
    expect(dayIn(NOW, BERLIN)).toBe('2026-04-01')
    expect(dayIn(NOW, 'Pacific/Honolulu')).toBe('2026-03-31')
  })

  it('can be chosen from all that there are, with the chosen one among them, each once', () => {
    const all = zones('Etc/GMT+3')
    expect(all).toEqual(expect.arrayContaining(['UTC', 'Etc/GMT+3', BERLIN]))
    expect(new Set(all).size).toBe(all.length)
    expect(zones(ownZone())).toContain(ownZone())
  })
})
