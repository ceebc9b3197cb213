import { CloseButton, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { SearchIcon } from '../../../components/icons'
import { TYPING_MS } from '../limits'
import type { FilterView } from './use-filters'

const MAX_CHARS = 200 // the server's own limit

/** Words to search for; the search begins when the typist pauses, and at once with Enter. */
export function SearchField({ view }: { view: FilterView }) {
  const wanted = view.filters.text ?? ''
  const [draft, setDraft] = useState(wanted)
  const [shown, setShown] = useState(wanted)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const field = useRef<HTMLInputElement>(null)
  // The address changed by other means, such as the back button.
  if (shown !== wanted) {
    setShown(wanted)
    if (draft.trim() !== wanted) setDraft(wanted)
  }
  useEffect(() => () => clearTimeout(timer.current), [])

  function search(text: string) {
    clearTimeout(timer.current)
    if (text.trim() !== wanted) view.type('text', text)
  }

  function type(text: string) {
    setDraft(text)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => search(text), TYPING_MS)
  }

  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        search(draft)
      }}
    >
      <TextInput
        ref={field}
        type="search"
        aria-label="Search conversations"
        placeholder="Words, order numbers, names of tools…"
        leftSection={<SearchIcon size={16} />}
        rightSection={
          draft === '' ? null : (
            <CloseButton
              size="sm"
              aria-label="Clear the search"
              onClick={() => {
                setDraft('')
                clearTimeout(timer.current)
                view.type('text', '')
                field.current?.focus()
              }}
            />
          )
        }
        maxLength={MAX_CHARS}
        value={draft}
        onChange={(event) => type(event.currentTarget.value)}
      />
    </form>
  )
}
