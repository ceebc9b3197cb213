import { Link } from 'react-router'
import { CustomRange } from './custom-range'
import classes from './range-picker.module.css'
import { OFFERS } from '../range'
import { useRange } from './use-range'
import { ZonePicker } from './zone-picker'

/** Which time the figures are about. It lives in the address, so that a link to the page means the same. */
export function RangePicker() {
  const { chosen, addressWith } = useRange()
  return (
    <div className={classes.picker}>
      <nav aria-label="Range" className={classes.offers}>
        {OFFERS.map(({ name, label, long }) => (
          <Link
            key={name}
            to={addressWith({ name })}
            aria-current={name === chosen.name ? 'true' : undefined}
            title={long}
            preventScrollReset
          >
            {label}
          </Link>
        ))}
      </nav>
      {chosen.name === 'custom' && <CustomRange key={`${chosen.from} ${chosen.to}`} />}
      <ZonePicker />
    </div>
  )
}
