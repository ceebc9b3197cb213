import { describe, expect, it } from 'vitest'
import { commandOf, SHORTCUTS, placeOf, PLAYING, READING, type ShortcutMap, type Pressed } from './shortcuts'

const press = (
  key: string,
  where: Pressed['in'] = 'page',
  more: Partial<Pressed> = {},
  keymap: ShortcutMap = READING,
) => commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, in: where, ...more }, keymap)

describe('a key', () => {
  it('does what the help says', () => {
    for (const [keys] of SHORTCUTS) {
      for (const key of keys) {
        const own =
          key === 'Enter'
            ? null
            : press(
                key === '↓' ? 'ArrowDown' : key === '↑' ? 'ArrowUp' : key === 'Esc' ? 'Escape' : key,
                'line',
              )
        if (key !== 'Enter') expect(own).not.toBeNull()
      }
    }
    expect(press('E')).toEqual({ do: 'mark', kind: 'error', backwards: true })
  })

  it('belongs to the text that is being written, to the dialog, to the browser', () => {
    expect(press('j', 'text')).toBeNull()
    expect(press('j', 'dialog')).toBeNull()
    for (const held of ['ctrlKey', 'metaKey', 'altKey'] as const)
      expect(press('c', 'line', { [held]: true })).toBeNull()
  })

  it('that scrolls does so unless the keyboard is on a step', () => {
    expect(press('ArrowDown', 'page')).toBeNull()
    expect(press('ArrowDown', 'line')).toEqual({ do: 'move', by: 1 })
    expect(press('End', 'line')).toEqual({ do: 'end', last: true })
  })

  it('plays and pauses where the keyboard is on nothing that is pressed with it', () => {
    const space = (where: Pressed['in']) => press(' ', where, {}, PLAYING)
    expect(space('page')).toEqual({ do: 'toggle' })
    for (const where of ['control', 'text', 'dialog'] as const) expect(space(where)).toBeNull()
    expect(press(' ', 'page')).toBeNull()
    expect(press('e', 'page', {}, PLAYING)).toBeNull()
  })

  it('that means nothing does nothing', () => {
    for (const key of ['x', 'constructor', 'toString', '']) expect(press(key, 'line')).toBeNull()
  })

  it('is pressed somewhere', () => {
    document.body.innerHTML = `<main><input id="a"><input id="b" type="range"><button id="c"></button>
      <button id="d" data-line="4"></button><div role="dialog"><button id="e"></button></div><p id="f"></p><input id="g" type="radio"></main>`
    const places = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => placeOf(document.getElementById(id)))
    expect(places).toEqual(['text', 'control', 'control', 'line', 'dialog', 'page', 'page'])
    expect(placeOf(null)).toBe('page')
  })
})
