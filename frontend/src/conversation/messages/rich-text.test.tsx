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

  it.each([
    ['https://paypal.com@evil.example/pay', 'evil.example'],
    ['https://paypal.com:443@evil.example', 'evil.example'],
    ['https://p\u0430ypal.com/login', 'xn--pypal-4ve.com'],
    ['https://paypal.com\u2044login.evil.example', 'paypal.xn--comlogin-g03d.evil.example'],
    ['https://pay\u00adpal.com', 'paypal.com'],
  ])('names the host that %s leads to', (written, host) => {
    const { container } = show(<RichText text={`Pay at ${written}.`} />)
    expect(container.querySelector('strong')).toHaveTextContent(`(leads to ${host})`)
  })

  it('shows no warning where what is written is where it leads', () => {
    const { container } = show(<RichText text="https://Example.org:8443/a@b?c=d@e and http://[::1]/x" />)
    expect(container.querySelectorAll('a')).toHaveLength(2)
    expect(container.querySelector('strong')).toBeNull()
  })

  it('shows what is unseen in an address by its number', () => {
    const { getByRole } = show(<RichText text={'https://example.org/\u202egnp.exe'} />)
    expect(getByRole('link')).toHaveTextContent('https://example.org/%E2%80%AEgnp.exe')
  })
})
