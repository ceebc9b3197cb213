import { describe, expect, it } from 'vitest'
import { timeLeft } from '../components/time-left'
import { show } from '../testing/render'
import { agentName, inWords, valueInWords } from './format'
import { RichText } from './messages/rich-text'

describe('names', () => {
  it('are words', () => {
    expect(['order_lookup', 'getOrder', 'shop.cancel-order', ''].map(inWords)).toEqual([
      'Order lookup',
      'Get order',
      'Shop cancel order',
      '',
    ])
    expect([agentName('returns'), agentName('supervisor'), agentName('')]).toEqual([
      'Returns',
      'Assistant',
      'Assistant',
    ])
  })

  it('of values are what a person would write', () => {
    expect([null, '', 'MUG', 0, 1.5, true, false].map(valueInWords)).toEqual([
      '—',
      '—',
      'MUG',
      '0',
      '1.5',
      'yes',
      'no',
    ])
    expect(valueInWords({ a: [1] })).toContain('"a"')
  })
})

describe('time left', () => {
  it('is said in the largest unit that says enough, rounded up', () => {
    expect([-5, 0, 900, 59_000, 61_000, 3_599_000, 3_600_001].map(timeLeft)).toEqual([
      'Time is up',
      'Time is up',
      '1 s left',
      '59 s left',
      '2 min left',
      '60 min left',
      '2 h left',
    ])
    expect(timeLeft(NaN)).toBe('')
  })
})

describe('text of agents', () => {
  it('has links that open elsewhere and end before the full stop', () => {
    const { getByRole } = show(<RichText text="See https://example.org/a?b=1. It helps." />)
    expect(getByRole('link')).toHaveAttribute('href', 'https://example.org/a?b=1')
    expect(getByRole('link')).toHaveAttribute('rel', expect.stringContaining('noopener'))
  })

  it('is never HTML, and a link is never a script', () => {
    const text = '<img src=x onerror=alert(1)> javascript:alert(1) <a href="x">y</a>'
    const { container } = show(<RichText text={text} />)
    expect(container.querySelector('img, a')).toBeNull()
    expect(container).toHaveTextContent(text)
  })

  it('shows bold and code as such, and anything half-written as it is', () => {
    const { container } = show(<RichText text="**Now** `id` and **later" />)
    expect(container.querySelector('strong')).toHaveTextContent('Now')
    expect(container.querySelector('code')).toHaveTextContent('id')
    expect(container).toHaveTextContent('and **later')
  })
})
