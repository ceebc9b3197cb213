import { Button } from '@mantine/core'
import { useId, useState } from 'react'
import { CrossIcon } from '../../../components/icons'
import { FilterFields } from './filter-fields'
import { filterLabel } from './filter-labels'
import classes from './list.module.css'
import { NAMES } from './filters'
import { SearchField } from './search-field'
import type { FilterView } from './use-filters'

/** Everything by which a conversation is found; what is set stands below it and is taken away with a click. */
export function FilterBar({ view }: { view: FilterView }) {
  const { filters } = view
  const set = NAMES.filter((name) => name !== 'text' && filters[name])
  const [open, setOpen] = useState(false)
  const fields = useId()
  return (
    <div className={classes.filters}>
      <div className={classes.searchLine}>
        <SearchField view={view} />
        <Button variant="default" aria-expanded={open} aria-controls={fields} onClick={() => setOpen(!open)}>
          Filters{set.length > 0 && ` (${set.length})`}
        </Button>
      </div>
      <div id={fields} hidden={!open}>
        <FilterFields view={view} />
      </div>
      {set.length > 0 && (
        <ul className={classes.chips} aria-label="Filters that are set">
          {set.map((name) => {
            const label = filterLabel(name, filters[name] ?? '')
            return (
              <li key={name}>
                <button
                  type="button"
                  className={classes.chip}
                  aria-label={`Remove the filter: ${label}`}
                  onClick={() => view.set(name, '')}
                >
                  {label}
                  <CrossIcon size={13} />
                </button>
              </li>
            )
          })}
          <li>
            <button type="button" className={classes.clear} onClick={view.clear}>
              Clear all
            </button>
          </li>
        </ul>
      )}
    </div>
  )
}
