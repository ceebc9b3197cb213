// Keyboard shortcuts of the timeline and the player: which key means which command, and where.
/** What a key asks for. */
export type Command =
  | { do: 'move'; by: number }
  | { do: 'end'; last: boolean }
  | { do: 'mark'; kind: 'error' | 'approval'; backwards: boolean }
  | { do: 'copy' | 'link' | 'raw' | 'close' | 'play' | 'help' | 'toggle' }

export interface Pressed {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  /** Where the focus is: in something to write in, in a dialog, on a step's line, on another control, or elsewhere. */
  in: 'text' | 'dialog' | 'line' | 'control' | 'page'
}

const PAGE = 10 // lines that Page up and Page down go

/** What keys do, for the help and for nothing else. */
type Meanings = readonly (readonly [keys: readonly string[], meaning: string])[]

export const SHORTCUTS: Meanings = [
  [['j', '↓'], 'next step'],
  [['k', '↑'], 'step before'],
  [['Enter'], 'open or close it'],
  [['e', 'E'], 'next error, error before'],
  [['a', 'A'], 'next approval, approval before'],
  [['r'], 'raw JSON'],
  [['c'], 'copy the step as JSON'],
  [['l'], 'copy a link to the step'],
  [['Esc'], 'close all steps'],
  [['p'], 'play it, or read it'],
  [['?'], 'these keys'],
]

export const PLAYING_SHORTCUTS: Meanings = [
  [['Space'], 'play, or pause'],
  [['j'], 'next thing that the customer saw'],
  [['k'], 'thing before'],
  [['←', '→'], 'on the bar: a second back or on'],
  [['p'], 'read it, step by step'],
  [['?'], 'these keys'],
]

type Commands = Readonly<Record<string, Command>>

/** The commands of a view, and those that hold only where the focus is on a step, or on nothing that has keys of its own. */
export interface ShortcutMap {
  readonly anywhere: Commands
  readonly line?: Commands
  readonly page?: Commands
}

const ANYWHERE: Commands = {
  j: { do: 'move', by: 1 },
  k: { do: 'move', by: -1 },
  e: { do: 'mark', kind: 'error', backwards: false },
  E: { do: 'mark', kind: 'error', backwards: true },
  a: { do: 'mark', kind: 'approval', backwards: false },
  A: { do: 'mark', kind: 'approval', backwards: true },
  r: { do: 'raw' },
  c: { do: 'copy' },
  l: { do: 'link' },
  p: { do: 'play' },
  Escape: { do: 'close' },
  '?': { do: 'help' },
}

const ON_A_LINE: Commands = {
  ArrowDown: { do: 'move', by: 1 },
  ArrowUp: { do: 'move', by: -1 },
  PageDown: { do: 'move', by: PAGE },
  PageUp: { do: 'move', by: -PAGE },
  Home: { do: 'end', last: false },
  End: { do: 'end', last: true },
}

export const READING: ShortcutMap = { anywhere: ANYWHERE, line: ON_A_LINE }

export const PLAYING: ShortcutMap = {
  anywhere: {
    j: { do: 'move', by: 1 },
    k: { do: 'move', by: -1 },
    p: { do: 'play' },
    '?': { do: 'help' },
  },
  page: { ' ': { do: 'toggle' } },
}

/** The command of a key; nothing where the key belongs to somebody else. */
export function commandOf(pressed: Pressed, keymap: ShortcutMap): Command | null {
  if (pressed.in === 'text' || pressed.in === 'dialog') return null
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return null
  // Own keys alone: an object answers to more names than those it was given.
  const here = pressed.in === 'control' ? undefined : keymap[pressed.in]
  const known = here && Object.hasOwn(here, pressed.key) ? here : keymap.anywhere
  return Object.hasOwn(known, pressed.key) ? (known[pressed.key] ?? null) : null
}

/** Where a key was pressed. */
export function placeOf(target: EventTarget | null): Pressed['in'] {
  if (!(target instanceof Element)) return 'page'
  if (target.closest('[role="dialog"], [role="menu"]')) return 'dialog'
  // A choice that is made takes arrows and no other key.
  if (target.matches('input[type="radio"]')) return 'page'
  if (target.closest('input:not([type="range"]), textarea, select, [contenteditable="true"]')) return 'text'
  if (target.matches('[data-line]')) return 'line'
  return target.closest('button, a, summary, input') ? 'control' : 'page'
}
