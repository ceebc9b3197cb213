import { describe, expect, it } from 'vitest'
import { show } from '../../testing/render'
import { RichText } from './rich-text'

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
