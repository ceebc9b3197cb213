import { describe, expect, it } from 'vitest'
import { commandOf, SHORTCUTS, placeOf, type Pressed } from './shortcuts'

function press(key: string, some: Partial<Pressed> = {}) {
  return commandOf({
    key,
    shiftKey: false,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    in: 'list',
    ...some,
  })
}

describe('a key on the list', () => {
  it.each([
    ['j', { do: 'move', by: 1 }],
    ['k', { do: 'move', by: -1 }],
    ['ArrowDown', { do: 'move', by: 1 }],
    ['ArrowUp', { do: 'move', by: -1 }],
    ['PageDown', { do: 'move', by: 10 }],
    ['PageUp', { do: 'move', by: -10 }],
    ['Home', { do: 'end', last: false }],
    ['End', { do: 'end', last: true }],
    [' ', { do: 'choose', range: false }],
    ['a', { do: 'chooseAll' }],
    ['Escape', { do: 'chooseNone' }],
    ['e', { do: 'edit' }],
    ['Enter', { do: 'edit' }],
    ['w', { do: 'why' }],
    ['ArrowRight', { do: 'why' }],
    ['/', { do: 'search' }],
    ['?', { do: 'help' }],
    ['x', null],
    ['Tab', null],
  ])('"%s" means %j', (key, command) => {
    expect(press(key)).toEqual(command)
  })

  it('with Shift, Space takes the range', () => {
    expect(press(' ', { shiftKey: true })).toEqual({ do: 'choose', range: true })
  })
})

describe('a key that belongs to somebody else', () => {
  it.each(['text', 'dialog'] as const)('in a %s is left alone', (place) => {
    for (const key of ['j', 'a', '/', 'Escape', ' ', 'Enter']) expect(press(key, { in: place })).toBeNull()
  })

  it.each(['ctrlKey', 'metaKey', 'altKey'] as const)('with %s is left to the browser', (modifier) => {
    for (const key of ['a', 'j', 'ArrowDown']) expect(press(key, { [modifier]: true })).toBeNull()
  })

  it.each(['control', 'page'] as const)(
    'on a %s: what presses or scrolls is left alone, letters work',
    (place) => {
      for (const key of [' ', 'Enter', 'ArrowDown', 'Home', 'PageDown', 'ArrowRight']) {
        expect(press(key, { in: place })).toBeNull()
      }
      expect(press('j', { in: place })).toEqual({ do: 'move', by: 1 })
      expect(press('/', { in: place })).toEqual({ do: 'search' })
    },
  )
})

describe('the place of a key', () => {
  it.each([
    ['<input type="search" id="x">', 'text'],
    ['<textarea id="x"></textarea>', 'text'],
    ['<select id="x"></select>', 'text'],
    ['<input type="checkbox" id="x">', 'control'],
    ['<input type="radio" id="x">', 'control'],
    ['<button id="x">b</button>', 'control'],
    ['<button><span id="x">b</span></button>', 'control'],
    ['<a href="/" id="x">a</a>', 'control'],
    ['<div role="row" id="x"></div>', 'list'],
    ['<div role="row"><button id="x">b</button></div>', 'control'],
    ['<div role="dialog"><button id="x">b</button></div>', 'dialog'],
    ['<div role="dialog"><input id="x"></div>', 'dialog'],
    ['<p id="x">p</p>', 'page'],
  ])('%s is %s', (html, place) => {
    document.body.innerHTML = html
    expect(placeOf(document.getElementById('x'))).toBe(place)
  })

  it('of nothing is the page', () => {
    expect(placeOf(null)).toBe('page')
    expect(placeOf(window)).toBe('page')
  })
})

it('every key of the help does something', () => {
  const named: Record<string, string> = { '↓': 'ArrowDown', '→': 'ArrowRight', Space: ' ', Esc: 'Escape' }
  for (const [keys] of SHORTCUTS) {
    const shiftKey = keys[0] === 'Shift'
    for (const key of keys.filter((one) => one !== 'Shift')) {
      const pressed = key === '↑' ? 'ArrowUp' : (named[key] ?? key)
      expect(press(pressed, { shiftKey }), key).not.toBeNull()
    }
  }
})
