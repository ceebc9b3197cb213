import { useEffect, useRef, type MouseEvent } from 'react'
import classes from './tick.module.css'

interface Props {
  label: string
  checked: boolean
  /** Some of what it stands for is chosen, not all. */
  partly?: boolean
  onTick: (event: MouseEvent) => void
}

/** A box to choose a line. Plain, because hundreds of them fly by when somebody scrolls. */
export function RowCheckbox({ label, checked, partly = false, onTick }: Props) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (input.current) input.current.indeterminate = partly
  }, [partly])
  return (
    <input
      ref={input}
      type="checkbox"
      className={classes.tick}
      aria-label={label}
      checked={checked}
      onChange={() => undefined}
      // A click knows whether Shift was held; a change does not.
      onClick={onTick}
    />
  )
}

interface OnOffProps {
  label: string
  on: boolean
  disabled: boolean
  onChange: (on: boolean) => void
}

/** A switch, as plain as the box. */
export function RowSwitch({ label, on, disabled, onChange }: OnOffProps) {
  return (
    <input
      type="checkbox"
      role="switch"
      className={classes.onOff}
      aria-label={label}
      checked={on}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  )
}
