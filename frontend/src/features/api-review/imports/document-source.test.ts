import { describe, expect, it } from 'vitest'
import { MAX_DOCUMENT_BYTES } from '../../../config/limits'
import { formatBytes, problemWith, describeSource, sourceOf } from './document-source'

function file(name: string, bytes: number): File {
  const made = new File(['x'], name)
  Object.defineProperty(made, 'size', { value: bytes })
  return made
}

describe('what was pasted', () => {
  it.each([
    ['', 'nothing'],
    [' \n ', 'nothing'],
    ['https://api.example.com/openapi.json', 'url'],
    ['  http://127.0.0.1:8090/shop/openapi.json\n', 'url'],
    ['HTTPS://API.EXAMPLE.COM', 'url'],
    ['https://a.example https://b.example', 'text'],
    ['https://a.example\nopenapi: 3.1.0', 'text'],
    ['openapi: 3.1.0', 'text'],
    ['{"openapi": "3.1.0"}', 'text'],
    ['ftp://a.example/openapi.json', 'text'],
    ['api.example.com/openapi.json', 'text'],
  ])('%j is %s', (pasted, kind) => {
    expect(sourceOf(pasted).kind).toBe(kind)
  })

  it('as an address loses what stands around it, as a document keeps it: there it may mean something', () => {
    expect(sourceOf(' https://a.example \n')).toEqual({ kind: 'url', url: 'https://a.example' })
    expect(sourceOf('  openapi: 3.1.0\n')).toEqual({ kind: 'text', text: '  openapi: 3.1.0\n' })
  })
})

describe('what cannot be imported', () => {
  it.each([
    ['', 'Paste an address or a document, or choose a file.'],
    ['api.example.com/openapi.json', 'An address begins with https:// or http://.'],
    ['api.example.com', 'An address begins with https:// or http://.'],
    ['openapi: 3.1.0', undefined],
    ['{}', undefined],
    ['https://a.example', undefined],
  ])('%j: %j', (pasted, problem) => {
    expect(problemWith(sourceOf(pasted))).toBe(problem)
  })

  it('is what is too large, counted in bytes', () => {
    const many = 'ü'.repeat(MAX_DOCUMENT_BYTES / 2)
    expect(problemWith({ kind: 'text', text: many })).toBeUndefined()
    expect(problemWith({ kind: 'text', text: `${many}a` })).toBe('The text is larger than 10 MB.')
    expect(problemWith(file('a.json', MAX_DOCUMENT_BYTES))).toBeUndefined()
    expect(problemWith(file('a.json', MAX_DOCUMENT_BYTES + 1))).toBe('a.json is larger than 10 MB.')
  })

  it('is an empty file', () => {
    expect(problemWith(file('a.json', 0))).toBe('a.json is empty.')
  })
})

describe('what will happen', () => {
  it.each([
    ['', 'OpenAPI 3.0 to 3.2 or Swagger 2.0, as JSON or YAML, up to 10 MB.'],
    ['https://api.example.com:8443/x', 'The server will fetch it from api.example.com:8443.'],
    ['https://[', 'The server will fetch it from there.'],
    ['openapi: 3.1.0', '1 line of YAML will be read.'],
    ['\nopenapi: 3.1.0\npaths: {}\n', '2 lines of YAML will be read.'],
    [' {\n}', '2 lines of JSON will be read.'],
  ])('with %j: %s', (pasted, said) => {
    expect(describeSource(sourceOf(pasted))).toBe(said)
  })

  it('with a file is said with its name and size', () => {
    expect(describeSource(file('shop.yaml', 2048))).toBe('shop.yaml (2 kB) will be read.')
    expect(describeSource(file('Shop.ZIP', 10))).toBe('Shop.ZIP (10 bytes) will be unpacked and read.')
  })

  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1 kB'],
    [1025, '2 kB'],
    [1024 * 1024, '1 MB'],
    [1.5 * 1024 * 1024, '1.5 MB'],
  ])('%i bytes are %s', (bytes, said) => {
    expect(formatBytes(bytes)).toBe(said)
  })
})
