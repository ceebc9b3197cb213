import { Button, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAddScheme } from './queries'
import page from '../page.module.css'
import { Problem } from '../problem'

const KINDS = [
  { value: 'header', label: 'A key in a header' },
  { value: 'query', label: 'A key in the query' },
  { value: 'bearer', label: 'A bearer token' },
  { value: 'basic', label: 'A user name and a password' },
  { value: 'oauth2', label: 'OAuth 2' },
]

/** A way to sign in that the document does not declare; its credentials go with every request of the API. */
export function AddScheme({ apiId }: { apiId: string }) {
  const [open, setOpen] = useState(false)
  const [kind, setKind] = useState('header')
  const [parameter, setParameter] = useState('')
  const add = useAddScheme(apiId)
  const isKey = kind === 'header' || kind === 'query'
  if (!open) {
    return (
      <Button variant="default" size="compact-sm" onClick={() => setOpen(true)}>
        Add another way to sign in
      </Button>
    )
  }
  return (
    <form
      className={page.form}
      aria-label="Another way to sign in"
      onSubmit={(event) => {
        event.preventDefault()
        const form = isKey ? { kind: 'apiKey', place: kind, parameter: parameter.trim() } : { kind }
        add.mutate(form, { onSuccess: () => setOpen(false) })
      }}
    >
      <Select
        label="How the API knows who asks"
        data={KINDS}
        value={kind}
        allowDeselect={false}
        onChange={(value) => setKind(value ?? 'header')}
      />
      {isKey && (
        <TextInput
          label={kind === 'header' ? 'Name of the header' : 'Name of the query parameter'}
          placeholder={kind === 'header' ? 'X-API-Key' : 'api_key'}
          required
          value={parameter}
          onChange={(event) => setParameter(event.currentTarget.value)}
        />
      )}
      {add.isError && <Problem>{add.error.message}</Problem>}
      <div className={page.actions}>
        <Button type="submit" loading={add.isPending} disabled={isKey && !parameter.trim()}>
          Add
        </Button>
        <Button variant="default" onClick={() => setOpen(false)}>
          Back
        </Button>
      </div>
    </form>
  )
}
