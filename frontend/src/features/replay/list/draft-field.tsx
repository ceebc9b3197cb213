import { TextInput } from '@mantine/core'
import { useState } from 'react'
import type { FilterName } from './filters'
import type { FilterView } from './use-filters'

const MAX_CHARS = 128 // the server's own limit for a name

interface Props {
  view: FilterView
  name: FilterName
  label: string
  /** The id of a list of suggestions. */
  list?: string
  kind?: 'name' | 'amount'
}

/** A filter that is typed; it counts when it is complete: with Enter, on leaving the field, or chosen from the list. */
export function DraftField({ view, name, label, list, kind = 'name' }: Props) {
  const wanted = view.filters[name] ?? ''
  const [draft, setDraft] = useState(wanted)
  const [shown, setShown] = useState(wanted)
  const [wrong, setWrong] = useState(false)
  if (shown !== wanted) {
    setShown(wanted)
    setDraft(wanted)
  }

  function commit(text: string) {
    const value = text.trim()
    const invalid = kind === 'amount' && value !== '' && !(Number(value) >= 0)
    setWrong(invalid)
    if (!invalid && value !== wanted) view.set(name, value)
  }

  return (
    <TextInput
      size="sm"
      label={label}
      list={list}
      maxLength={MAX_CHARS}
      inputMode={kind === 'amount' ? 'decimal' : 'text'}
      error={wrong && 'Give an amount such as 0.05'}
      autoComplete="off"
      value={draft}
      onChange={(event) => {
        const { value, list: suggested } = event.currentTarget
        setDraft(value)
        // A click on a suggestion is no typing: it stands as a whole.
        const chosen =
          event.nativeEvent instanceof InputEvent
            ? event.nativeEvent.inputType === 'insertReplacementText'
            : true
        if (chosen && suggested) commit(value)
      }}
      onBlur={() => commit(draft)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit(draft)
      }}
    />
  )
}
