import { useId } from 'react'
import classes from './operation-drawer.module.css'

interface Props<T extends string> {
  legend: string
  value: T
  disabled: boolean
  choices: readonly { value: T; word: string; means: string }[]
  onChange: (value: T) => void
}

/** One of a few, each with what it means. */
export function ChoiceGroup<T extends string>({ legend, value, disabled, choices, onChange }: Props<T>) {
  const name = useId()
  return (
    <fieldset className={classes.group}>
      <legend>{legend}</legend>
      <div className={classes.choices}>
        {choices.map((choice) => (
          <label key={choice.value} className={classes.choice}>
            <input
              type="radio"
              name={name}
              checked={choice.value === value}
              disabled={disabled}
              onChange={() => onChange(choice.value)}
            />
            <span>
              {choice.word} <small>{choice.means}</small>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
