// Keyboard shortcuts of the approvals queue, and their help.
import type { KeyboardEvent } from 'react'
import classes from './approvals.module.css'
import type { Approval } from './queries'

const SHORTCUTS: readonly (readonly [string, string])[] = [
  ['J', 'the next in the queue'],
  ['K', 'the one before'],
  ['A', 'to the button that approves'],
  ['E', 'edit the values'],
  ['R', 'reject, with a reason'],
]

const BUTTONS: Readonly<Record<string, string>> = { a: 'Approve', e: 'Edit', r: 'Reject' }

/** Which keys do what, while the queue or the approval has the focus. */
export function Shortcuts() {
  return (
    <details className={classes.shortcuts}>
      <summary>Keyboard</summary>
      <p>While the queue or the approval has the focus:</p>
      <dl>
        {SHORTCUTS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

/** Act on a key. Nothing is ever decided by one key alone: A goes to the button, Enter presses it. */
export function onShortcut(
  event: KeyboardEvent,
  box: HTMLElement | null,
  waiting: readonly Approval[],
  open: string | null,
  choose: (id: string) => void,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return
  const key = event.key.toLowerCase()
  if (key === 'j' || key === 'k') {
    const at = waiting.findIndex((item) => item.interrupt_id === open)
    const next = waiting[at < 0 ? 0 : at + (key === 'j' ? 1 : -1)]
    if (!next) return
    event.preventDefault()
    choose(next.interrupt_id)
    box?.querySelector<HTMLElement>(`[data-queue="${next.interrupt_id}"]`)?.focus()
    return
  }
  const name = BUTTONS[key]
  const button = name && box?.querySelector<HTMLElement>(`button[aria-label^="${name}: "]`)
  if (!button) return
  event.preventDefault()
  button.focus()
  if (key !== 'a') button.click()
}

function isWriting(target: EventTarget): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  )
}
