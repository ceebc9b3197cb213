import { useState } from 'react'
import { useNavigate } from 'react-router'
import classes from './range-picker.module.css'
import { zones } from '../range'
import { useRange } from './use-range'

/** In whose days the figures are counted: the browser's, unless somebody wants others. */
export function ZonePicker() {
  const { chosen, own, addressWith } = useRange()
  const navigate = useNavigate()
  // Some four hundred: they are there once somebody is about to choose.
  const [choosing, setChoosing] = useState(false)
  const offered = choosing ? zones(chosen.tz) : [...new Set([chosen.tz, own])]
  return (
    <label className={classes.zone}>
      Days of
      <select
        value={chosen.tz}
        onPointerDown={() => setChoosing(true)}
        onFocus={() => setChoosing(true)}
        onChange={(event) =>
          void navigate(addressWith({ tz: event.currentTarget.value }), { preventScrollReset: true })
        }
      >
        {offered.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll('_', ' ')}
            {zone === own && ' (yours)'}
          </option>
        ))}
      </select>
    </label>
  )
}
