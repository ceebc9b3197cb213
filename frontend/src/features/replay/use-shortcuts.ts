// Hook that carries out keyboard shortcuts.
import { useEffect, useEffectEvent } from 'react'
import { commandOf, placeOf, type Command, type ShortcutMap } from './shortcuts'

/** Let the keyboard work, from wherever on the page the focus is. */
export function useShortcuts(keymap: ShortcutMap, execute: (command: Command) => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented) return
    const { key, ctrlKey, metaKey, altKey } = event
    const command = commandOf({ key, ctrlKey, metaKey, altKey, in: placeOf(event.target) }, keymap)
    if (!command) return
    event.preventDefault()
    execute(command)
  })
  useEffect(() => {
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}
