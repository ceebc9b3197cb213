// Hook that carries out the list's keyboard shortcuts.
import { useEffect, useEffectEvent } from 'react'
import { commandOf, placeOf, type Command } from './shortcuts'
import type { ReviewView } from './use-review'

interface ShortcutTargets {
  focusSearch: () => void
  showHelp: () => void
  /** Put the focus on the line where the keyboard stands. */
  focusCursor: () => void
}

/** Let the keyboard work on the list, from wherever on the page the focus is. */
export function useShortcuts(view: ReviewView, targets: ShortcutTargets): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented) return
    const command = commandOf({
      key: event.key,
      shiftKey: event.shiftKey,
      ctrlKey: event.ctrlKey,
      metaKey: event.metaKey,
      altKey: event.altKey,
      // The panel has the keys as soon as it is open, also while the focus is still on its way there.
      in: view.opened ? 'dialog' : placeOf(event.target),
    })
    if (!command) return
    event.preventDefault()
    execute(command, view, targets)
  })
  useEffect(() => {
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}

function execute(command: Command, view: ReviewView, targets: ShortcutTargets): void {
  const { selection, order, step } = view
  const cursor = selection.cursor !== null && order.includes(selection.cursor) ? selection.cursor : null
  switch (command.do) {
    case 'move':
      step({ type: 'move', by: command.by, order })
      {
        targets.focusCursor()
        return
      }
    case 'end': {
      const idx = order.at(command.last ? -1 : 0)
      if (idx !== undefined) step({ type: 'go', idx })
      targets.focusCursor()
      return
    }
    case 'choose':
      if (cursor !== null)
        step(command.range ? { type: 'range', idx: cursor, order } : { type: 'toggle', idx: cursor })
      return
    case 'chooseAll': {
      step({ type: 'all', of: view.filtered.map((operation) => operation.idx) })
      return
    }
    case 'chooseNone': {
      step({ type: 'none' })
      return
    }
    case 'edit':
      if (cursor !== null) view.open(cursor)
      return
    case 'why':
      if (cursor !== null) view.unfold(cursor)
      return
    case 'search': {
      targets.focusSearch()
      return
    }
    case 'help': {
      targets.showHelp()
      return
    }
  }
}
