import { describe, expect, it } from 'vitest'
import { change, entry, sentenceOf } from './fixtures'
import { describeEntry } from './describe'
import type { Entry } from '../types'

describe('an import', () => {
  const url = { kind: 'url', name: 'https://shop.example/doc.json?…' } as const
  it.each<[Entry, string]>([
    [
      entry('import_begun', { source: url, base_url: '', again: false }),
      'imported the API from https://shop.example/doc.json?…',
    ],
    [
      entry('import_begun', { source: { kind: 'text', name: 'pasted text' }, base_url: '', again: true }),
      'imported the API again from a pasted text',
    ],
    [
      entry('import_begun', { source: { kind: 'file', name: 'shop.yaml' }, base_url: '', again: false }),
      'imported the API from shop.yaml',
    ],
    [entry('import_begun', { source: null, base_url: '', again: false }), 'imported the API'],
    [entry('import_retried', {}), 'let the import start over'],
    [entry('import_thrown_away', { with_api: false }), 'discarded the import'],
    [entry('import_thrown_away', { with_api: true }), 'discarded the import, and the API with it'],
    [
      entry('read_tried', { operation: { key: 'GET /a', name: 'getA' }, arguments: ['id', 'x'] }),
      'tried getA with id and x',
    ],
    [entry('read_tried', { operation: { key: 'GET /a', name: 'getA' }, arguments: [] }), 'tried getA'],
  ])('%#', (one, words) => expect(sentenceOf(one)).toBe(`Ana ${words}`))

  it('with an address says it', () => {
    const one = entry('import_begun', { source: url, base_url: 'https://b.example', again: false })
    expect(describeEntry(one).lines).toEqual(['Base address: https://b.example'])
  })

  it('that was approved says how much, exactly what, and what else changed with it', () => {
    const approved = {
      revision: 3,
      tools: 4,
      read: 2,
      write: 1,
      destructive: 1,
      digest: 'df00e7e0c1ac9363319696d142faee8e',
      agents: [{ name: 'orders', version: 2 }],
      changes: [change('base_url', '', 'https://b.example')],
    }
    expect(sentenceOf(entry('import_approved', approved))).toBe(
      'Ana approved 4 tools: 2 reads, 1 write and 1 destructive',
    )
    expect(describeEntry(entry('import_approved', approved)).lines).toEqual([
      'Exactly what was live from then on: revision 3, digest df00e7e0c1ac',
      'Agents: orders (version 2)',
      'Base address: https://b.example – was: nothing',
    ])
    const long = {
      ...approved,
      tools: null,
      read: 0,
      write: 0,
      destructive: 0,
      digest: '',
      agents: [],
      changes: [],
    }
    expect(describeEntry(entry('import_approved', long))).toEqual({ did: 'approved the import', lines: [] })
    const none = { ...long, tools: 0 }
    expect(sentenceOf(entry('import_approved', none))).toBe('Ana approved 0 tools')
  })
})

describe('an API and its agents', () => {
  it.each<[Entry, string, string[]]>([
    [
      entry('api_changed', { changes: [change('concurrency', 10, 2), change('read_seconds', 10, 2.5)] }),
      'changed how the API is reached',
      ['Calls at once: 2 – was: 10', 'Seconds for a read: 2.5 – was: 10'],
    ],
    [entry('credentials_set', { scheme: 'key' }), 'set the credentials of key', []],
    [entry('credentials_removed', { scheme: 'key' }), 'removed the credentials of key', []],
    [
      entry('api_deleted', { tools: 4, credentials: ['key', 'login'] }),
      'removed the API with 4 live tools and the credentials of key and login',
      [],
    ],
    [entry('api_deleted', { tools: 0, credentials: [] }), 'removed the API', []],
    [
      entry('agent_edited', { agent: 'orders', changes: [change('name', 'orders', 'clerk')] }),
      'renamed the agent orders of the import to clerk',
      [],
    ],
    [
      entry('agent_edited', {
        agent: 'orders',
        changes: [change('name', 'orders', 'clerk'), change('tone', '', 'dry')],
      }),
      'changed the agent orders of the import',
      ['Name: clerk – was: orders', 'Tone: “dry” – was: nothing'],
    ],
    [
      entry('agent_changed', {
        agent: 'care',
        version: 2,
        changes: [change('tone', null, 'dry'), change('max_steps', 3, null)],
      }),
      'changed the agent care (version 2)',
      ['Tone: “dry” – was: as it came', 'Steps for one thing asked: as it came – was: 3'],
    ],
    [entry('agent_changed', { agent: 'care', version: null, changes: [] }), 'changed the agent care', []],
  ])('%#', (one, words, lines) => {
    expect(sentenceOf(one)).toBe(`Ana ${words}`)
    expect(describeEntry(one).lines).toEqual(lines)
  })
})
