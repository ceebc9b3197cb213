import { useMemo } from 'react'
import { useNavigate } from 'react-router'
import classes from './range-picker.module.css'
import { zones } from './range'
import { useRange } from './use-range'

/** In whose days the figures are counted: the browser's, unless somebody wants others. */
export function ZonePicker() {
  const { chosen, own, addressWith } = useRange()
  const navigate = useNavigate()
  const all = useMemo(() => zones(chosen.tz), [chosen.tz])
  return (
    <label className={classes.zone}>
      Days of
      <select
        value={chosen.tz}
        onChange={(event) =>
          void navigate(addressWith({ tz: event.currentTarget.value }), { preventScrollReset: true })
        }
      >
        {all.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll('_', ' ')}
            {zone === own && ' (yours)'}
          </option>
        ))}
      </select>
    </label>
  )
}
