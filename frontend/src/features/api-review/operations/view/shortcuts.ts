// Keyboard shortcuts of the list of operations: which key means which command, and where.
/** What a key on the list of operations asks for. */
export type Command =
  | { do: 'move'; by: number }
  | { do: 'end'; last: boolean }
  | { do: 'choose'; range: boolean }
  | { do: 'chooseAll' }
  | { do: 'chooseNone' }
  | { do: 'edit' }
  | { do: 'why' }
  | { do: 'search' }
  | { do: 'help' }

export interface Pressed {
  key: string
  shiftKey: boolean
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  /** Where the focus is: in something to write in, on a button or a link, in a dialog, on the list or elsewhere. */
  in: 'text' | 'control' | 'dialog' | 'list' | 'page'
}

const PAGE = 10 // lines that Page up and Page down go

/** The keys, for the help and for nothing else. */
export const SHORTCUTS: readonly (readonly [keys: readonly string[], meaning: string])[] = [
  [['j', '↓'], 'next operation'],
  [['k', '↑'], 'operation before'],
  [['Space'], 'select it'],
  [['Shift', 'Space'], 'select from the last one to here'],
  [['a'], 'select all that are shown'],
  [['Esc'], 'select none'],
  [['e', 'Enter'], 'open and edit'],
  [['w', '→'], 'why it is labelled so'],
  [['/'], 'search'],
  [['?'], 'these keys'],
]

/** The command of a key; nothing where the key belongs to somebody else. */
export function commandOf(pressed: Pressed): Command | null {
  const { key, ctrlKey, metaKey, altKey } = pressed
  if (pressed.in === 'dialog' || pressed.in === 'text' || ctrlKey || metaKey || altKey) return null
  const anywhere = ANYWHERE[key]
  if (anywhere) return anywhere
  // Space and Enter on a button press it; arrows on the page scroll it.
  return pressed.in === 'list' ? onList(pressed) : null
}

const ANYWHERE: Readonly<Record<string, Command>> = {
  j: { do: 'move', by: 1 },
  k: { do: 'move', by: -1 },
  a: { do: 'chooseAll' },
  e: { do: 'edit' },
  w: { do: 'why' },
  Escape: { do: 'chooseNone' },
  '/': { do: 'search' },
  '?': { do: 'help' },
}

function onList({ key, shiftKey }: Pressed): Command | null {
  switch (key) {
    case 'ArrowDown':
      return { do: 'move', by: 1 }
    case 'ArrowUp':
      return { do: 'move', by: -1 }
    case 'PageDown':
      return { do: 'move', by: PAGE }
    case 'PageUp':
      return { do: 'move', by: -PAGE }
    case 'Home':
      return { do: 'end', last: false }
    case 'End':
      return { do: 'end', last: true }
    case ' ':
      return { do: 'choose', range: shiftKey }
    case 'Enter':
      return { do: 'edit' }
    case 'ArrowRight':
    case 'ArrowLeft':
      return { do: 'why' }
    default:
      return null
  }
}

/** Where a key was pressed. */
export function placeOf(target: EventTarget | null): Pressed['in'] {
  if (!(target instanceof Element)) return 'page'
  if (target.closest('[role="dialog"]')) return 'dialog'
  if (
    target.closest('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable="true"]')
  ) {
    return 'text'
  }
  if (target.matches('[role="row"]')) return 'list'
  return target.closest('button, a, summary, input, [role="tab"]') ? 'control' : 'page'
}
