import { describe, expect, it } from 'vitest'
import { LIMITS, readLimits, writeLimits } from './limits'
import { api, scheme } from '../fixtures'
import { describeScheme, waysFor } from './schemes'
import type { Scheme } from '../types'

function fieldsFor(scheme: Scheme) {
  const ways = waysFor(scheme)
  return (ways.find((way) => way.name === 'client') ?? ways[0])?.fields ?? []
}

describe('the limits of an API', () => {
  const draft = writeLimits(api().limits)

  it('written and read back are the same', () => {
    expect(readLimits(draft)).toEqual({ limits: api().limits, problems: null })
    expect(Object.keys(draft).sort()).toEqual(LIMITS.map((limit) => limit.name).sort())
  })

  it('may be parts of a second', () => {
    expect(readLimits({ ...draft, read_seconds: '2.5', per_second: '0.2' }).limits).toMatchObject({
      read_seconds: 2.5,
      per_second: 0.2,
    })
  })

  it.each([
    ['read_seconds', '', 'Please write a number above zero.'],
    ['read_seconds', ' ', 'Please write a number above zero.'],
    ['write_seconds', '0', 'Please write a number above zero.'],
    ['per_second', '-1', 'Please write a number above zero.'],
    ['per_second', 'many', 'Please write a number above zero.'],
    ['per_second', 'Infinity', 'Please write a number above zero.'],
    ['concurrency', '1.5', 'Please write a whole number.'],
  ])('%s as "%s" is explained', (name, written, problem) => {
    expect(readLimits({ ...draft, [name]: written })).toEqual({ limits: null, problems: { [name]: problem } })
  })

  it('are explained all at once', () => {
    const { problems } = readLimits({ read_seconds: '', write_seconds: '', concurrency: '', per_second: '' })
    expect(Object.keys(problems ?? {})).toHaveLength(4)
  })
})

describe('what has to be known for a scheme', () => {
  it.each([
    ['apiKey', ['value*']],
    ['bearer', ['token*']],
    ['basic', ['username', 'password*']],
    ['oauth2', ['client_id', 'client_secret*', 'token_url', 'scopes']],
    ['unsupported', []],
    ['something new', []],
  ])('%s: %j (secrets with a star)', (kind, names) => {
    expect(fieldsFor(scheme({ kind })).map((field) => field.name + (field.secret ? '*' : ''))).toEqual(names)
  })

  it('is everything but what the document says, for a token’s address', () => {
    const required = (token_url: string) =>
      fieldsFor(scheme({ kind: 'oauth2', token_url }))
        .filter((field) => field.required)
        .map((field) => field.name)
    expect(required('https://shop.example/token')).toEqual(['client_id', 'client_secret'])
    expect(required('')).toEqual(['client_id', 'client_secret', 'token_url'])
  })

  it('shows what the document says, as what is taken otherwise', () => {
    const fields = fieldsFor(scheme({ kind: 'oauth2', token_url: 'https://t.example', scopes: ['a', 'b'] }))
    expect(fields.map((field) => field.placeholder)).toEqual([
      undefined,
      undefined,
      'https://t.example',
      'a b',
    ])
  })
})

describe('the ways of OAuth 2', () => {
  it('begin with a sign-in where the document says where that is', () => {
    const names = (authorization_url: string) =>
      waysFor(scheme({ kind: 'oauth2', authorization_url })).map((way) => way.name)
    expect(names('https://shop.example/authorize')).toEqual(['sign-in', 'client', 'ready token'])
    expect(names('')).toEqual(['client', 'sign-in', 'ready token'])
  })

  it('ask for nothing but the token where there is one', () => {
    const ready = waysFor(scheme({ kind: 'oauth2' })).find((way) => way.name === 'ready token')
    expect(ready?.fields.map((field) => field.name)).toEqual(['token'])
  })
})

describe('a scheme in words', () => {
  it.each([
    ['apiKey', 'A key in the header “X-Api-Key”'],
    ['bearer', 'A token that is sent along'],
    ['basic', 'A user name and a password'],
    ['oauth2', 'OAuth 2: sign in, or enter a client or a ready token; tokens are renewed by themselves'],
    ['unsupported', 'This way of signing in is not supported; add another one below if the API has it'],
  ])('%s: %s', (kind, words) => {
    expect(describeScheme(scheme({ kind }))).toBe(words)
  })

  it('names the place alone where the document names no parameter', () => {
    expect(describeScheme(scheme({ parameter: '', place: 'cookie' }))).toBe('A key in the cookie')
  })
})
