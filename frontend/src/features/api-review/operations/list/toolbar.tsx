import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useState, type Ref } from 'react'
import { SearchIcon } from '../../../../components/icons'
import { KeyboardHelp } from '../../../../components/keyboard-help'
import { humanize } from '../../../../conversation/format'
import { isFiltering, MARKS, NO_FILTERS, ORDERS, type Filters, type Mark } from '../view/filters'
import { SHORTCUTS } from '../view/shortcuts'
import classes from './toolbar.module.css'
import type { ReviewView } from '../view/use-review'
import { ACCESS, ACCESSES, CHANGE, CONSENT, CONSENTS } from '../../labels'

interface Props {
  view: ReviewView
  agents: readonly string[]
  total: number
  /** Whether the import is compared with an earlier one. */
  compared: boolean
  searchRef: Ref<HTMLInputElement>
  help: boolean
  onHelp: (shown: boolean) => void
}

/** Search, filters and order; folded away on a phone until they are wanted. */
export function Toolbar({ view, agents, total, compared, searchRef, help, onHelp }: Props) {
  const { filters, setFilters, filtered } = view
  const [unfolded, setUnfolded] = useState(false)
  const filtering = isFiltering(filters)
  return (
    <div className={classes.bar} role="search" aria-label="Operations">
      <div className={classes.line}>
        <TextInput
          ref={searchRef}
          className={classes.search}
          aria-label="Search operations"
          placeholder="Search method, path, name, description"
          type="search"
          leftSection={<SearchIcon size={16} />}
          value={filters.search}
          onChange={(event) => setFilters({ search: event.currentTarget.value })}
        />
        <Button
          className={classes.unfold}
          variant="default"
          aria-expanded={unfolded}
          onClick={() => setUnfolded(!unfolded)}
        >
          Filters{filtering && ' on'}
        </Button>
        <KeyboardHelp keys={SHORTCUTS} shown={help} onShown={onHelp} />
      </div>
      <div className={classes.filters} data-unfolded={unfolded || undefined}>
        <Choices view={view} agents={agents} compared={compared} />
        <Marks filters={filters} onChange={setFilters} />
      </div>
      <p className={classes.count} role="status">
        {filtered.length === total ? `${total} operations` : `${filtered.length} of ${total} operations`}
        {filtering && (
          <button
            type="button"
            className={classes.clear}
            onClick={() => setFilters({ ...NO_FILTERS, order: filters.order, grouped: filters.grouped })}
          >
            Show all
          </button>
        )}
      </p>
    </div>
  )
}

function Choices({ view, agents, compared }: Pick<Props, 'view' | 'agents' | 'compared'>) {
  const { filters, setFilters } = view
  return (
    <>
      <NativeSelect
        aria-label="Access"
        size="xs"
        value={filters.access ?? ''}
        data={[any('Any access'), ...ACCESSES.map((value) => ({ value, label: ACCESS[value].word }))]}
        onChange={({ currentTarget: { value } }) =>
          setFilters({ access: (value || null) as Filters['access'] })
        }
      />
      <NativeSelect
        aria-label="Who must consent"
        size="xs"
        value={filters.consent ?? ''}
        data={[
          any('Any consent'),
          ...CONSENTS.map((value) => ({ value, label: `Asks: ${CONSENT[value].word.toLowerCase()}` })),
        ]}
        onChange={({ currentTarget: { value } }) =>
          setFilters({ consent: (value || null) as Filters['consent'] })
        }
      />
      <NativeSelect
        aria-label="Agent"
        size="xs"
        value={filters.agent ?? ''}
        data={[any('Any agent'), ...agents.map((value) => ({ value, label: humanize(value) }))]}
        onChange={({ currentTarget: { value } }) => setFilters({ agent: value || null })}
      />
      {compared && (
        <NativeSelect
          aria-label="Compared with what is live"
          size="xs"
          value={filters.change ?? ''}
          data={[any('New and old'), ...Object.entries(CHANGE).map(([value, label]) => ({ value, label }))]}
          onChange={({ currentTarget: { value } }) =>
            setFilters({ change: (value || null) as Filters['change'] })
          }
        />
      )}
      <NativeSelect
        aria-label="Order"
        size="xs"
        value={filters.order}
        data={Object.entries(ORDERS).map(([value, label]) => ({ value, label }))}
        onChange={({ currentTarget: { value } }) => setFilters({ order: value as Filters['order'] })}
      />
    </>
  )
}

function Marks({ filters, onChange }: { filters: Filters; onChange: (some: Partial<Filters>) => void }) {
  return (
    <>
      {(Object.keys(MARKS) as Mark[]).map((mark) => (
        <Checkbox
          key={mark}
          size="xs"
          label={MARKS[mark]}
          checked={filters.marks.includes(mark)}
          onChange={({ currentTarget: { checked } }) =>
            onChange({
              marks: checked ? [...filters.marks, mark] : filters.marks.filter((other) => other !== mark),
            })
          }
        />
      ))}
      <Checkbox
        size="xs"
        label="By agent"
        checked={filters.grouped}
        onChange={(event) => onChange({ grouped: event.currentTarget.checked })}
      />
    </>
  )
}

function any(label: string) {
  return { value: '', label }
}
