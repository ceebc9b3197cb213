import { Button } from '@mantine/core'
import { useId, useState, type SubmitEvent } from 'react'
import { useNavigate } from 'react-router'
import classes from './range-picker.module.css'
import { mistakeIn } from '../range'
import { useRange } from './use-range'

/** The first and the last day of a range of one's own. */
export function CustomRange() {
  const { chosen, addressWith } = useRange()
  const navigate = useNavigate()
  const [mistake, setMistake] = useState<string | null>(null)
  const problem = useId()

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [from, to] = [dayIn(form, 'from'), dayIn(form, 'to')]
    const wrong = mistakeIn(from, to)
    setMistake(wrong)
    if (wrong === null) void navigate(addressWith({ name: 'custom', from, to }), { preventScrollReset: true })
  }

  const wrong = mistake !== null
  return (
    <form className={classes.custom} onSubmit={submit} noValidate aria-label="Days">
      <label>
        First day
        <input
          type="date"
          name="from"
          defaultValue={chosen.from}
          aria-invalid={wrong}
          aria-describedby={wrong ? problem : undefined}
        />
      </label>
      <label>
        Last day
        <input
          type="date"
          name="to"
          defaultValue={chosen.to}
          aria-invalid={wrong}
          aria-describedby={wrong ? problem : undefined}
        />
      </label>
      <Button type="submit" size="compact-sm" variant="default">
        Show
      </Button>
      {wrong && (
        <p id={problem} role="alert">
          {mistake}
        </p>
      )}
    </form>
  )
}

function dayIn(form: FormData, name: string): string {
  const day = form.get(name)
  return typeof day === 'string' ? day : ''
}
