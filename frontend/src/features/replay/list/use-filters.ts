import { useSearchParams } from 'react-router'
import { addressOf, changed, filtersIn, type FilterName, type Filters } from './filters'

export interface FilterView {
  readonly filters: Filters
  /** Change one filter, or take it away with an empty value; a step that the browser's back button undoes. */
  readonly set: (name: FilterName, value: string) => void
  /** The same while somebody types: one step for all of it. */
  readonly type: (name: FilterName, value: string) => void
  readonly clear: () => void
}

/** The filters in the page's address. */
export function useFilters(): FilterView {
  const [params, setParams] = useSearchParams()
  const filters = filtersIn(params)
  return {
    filters,
    set: (name, value) => setParams(addressOf(changed(filters, name, value))),
    type: (name, value) =>
      setParams(addressOf(changed(filters, name, value)), { replace: filters[name] !== undefined }),
    clear: () => setParams(new URLSearchParams()),
  }
}
