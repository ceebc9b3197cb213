import { NativeSelect, TextInput } from '@mantine/core'
import { useId } from 'react'
import { useSuggestions } from './queries'
import { DraftField } from './draft-field'
import { filterLabel } from './filter-labels'
import { dayOf, lastDayOf, startOf, type FilterName } from './filters'
import classes from './list.module.css'
import type { FilterView } from './use-filters'

type Options = readonly (readonly [value: string, label: string])[]

const STATUSES: Options = [
  ['', 'Any'],
  ['open', 'Still open'],
  ['ended', 'Over'],
]
const OUTCOMES: Options = [
  ['', 'Any'],
  ['resolved', 'Resolved'],
  ['resolved_confirmed', 'Resolved, confirmed'],
  ['resolved_assumed', 'Resolved, assumed'],
  ['escalated', 'Handed over'],
  ['abandoned', 'Abandoned'],
  ['unresolved', 'Not resolved'],
  ['open', 'Still open'],
]
const FLAGS: Options = [
  ['', 'Any'],
  ['1', 'Yes'],
  ['0', 'No'],
]
const CALLS: Options = [
  ['', 'Any'],
  ['any', 'Carried out'],
  ['succeeded', 'Succeeded'],
  ['failed', 'Failed'],
  ['unknown', 'Outcome not known'],
]
const ACTIONS: Options = [
  ['', 'Any'],
  ['1', 'Proposed'],
  ['approved', 'Approved'],
  ['edited', 'Edited'],
  ['rejected', 'Rejected'],
  ['expired', 'Expired'],
  ['succeeded', 'Succeeded'],
  ['failed', 'Failed'],
  ['unknown', 'Outcome not known'],
  ['0', 'None'],
]
const RATINGS: Options = [
  ['', 'Any'],
  ['any', 'Rated'],
  ['1,2', '1 or 2 of 5'],
  ['3', '3 of 5'],
  ['4,5', '4 or 5 of 5'],
]

/** A field for each filter that people ask by; the time to a first token is one that only the dashboard leads to. */
export function FilterFields({ view }: { view: FilterView }) {
  const { filters, set } = view
  const { agents, tools } = useSuggestions()
  const agentList = useId()
  const toolList = useId()
  return (
    <div className={classes.fields}>
      <Choice view={view} name="outcome" label="Outcome" options={OUTCOMES} />
      <Choice view={view} name="status" label="Status" options={STATUSES} />
      <DraftField view={view} name="agent" label="Agent" list={agentList} />
      <DraftField view={view} name="tool" label="Tool" list={toolList} />
      <Choice view={view} name="call" label="Tool call" options={CALLS} />
      <DraftField view={view} name="model" label="Model" />
      <Choice view={view} name="action" label="Action" options={ACTIONS} />
      <Choice view={view} name="approval" label="Has an approval" options={FLAGS} />
      <Choice view={view} name="decision" label="Approval answered" options={FLAGS} />
      <Choice view={view} name="staff" label="Staff took part" options={FLAGS} />
      <Choice view={view} name="error" label="Has an error" options={FLAGS} />
      <Choice view={view} name="rating" label="Rating" options={RATINGS} />
      <TextInput
        size="sm"
        type="date"
        label="From"
        max={lastDayOf(filters.to)}
        value={dayOf(filters.from)}
        onChange={(event) => set('from', startOf(event.currentTarget.value))}
      />
      <TextInput
        size="sm"
        type="date"
        label="Until"
        min={dayOf(filters.from)}
        value={lastDayOf(filters.to)}
        onChange={(event) => set('to', startOf(event.currentTarget.value, { after: true }))}
      />
      <DraftField view={view} name="cost_min" label="Cost from, $" kind="amount" />
      <DraftField view={view} name="cost_max" label="Cost up to, $" kind="amount" />
      <Suggestions id={agentList} names={agents} />
      <Suggestions id={toolList} names={tools} />
    </div>
  )
}

interface ChoiceProps {
  view: FilterView
  name: FilterName
  label: string
  options: Options
}

function Choice({ view, name, label, options }: ChoiceProps) {
  const value = view.filters[name] ?? ''
  // An address may ask for what the list does not offer, such as two outcomes at once.
  const known = options.some(([option]) => option === value)
  const all = known ? options : [...options, [value, filterLabel(name, value)] as const]
  return (
    <NativeSelect
      size="sm"
      label={label}
      value={value}
      data={all.map(([option, label]) => ({ value: option, label }))}
      onChange={(event) => view.set(name, event.currentTarget.value)}
    />
  )
}

function Suggestions({ id, names }: { id: string; names: string[] }) {
  return (
    <datalist id={id}>
      {names.map((name) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  )
}
