import { Button, PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useBeginSignIn, useSetCredentials } from './queries'
import page from '../page.module.css'
import { Problem } from '../problem'
import { type CredentialField, waysFor } from './schemes'
import type { Scheme } from '../types'

/** What is entered for a scheme, in one of its ways; a sign-in leaves this page for the provider's. */
export function SchemeForm({ apiId, scheme, onDone }: { apiId: string; scheme: Scheme; onDone: () => void }) {
  const ways = waysFor(scheme)
  const [name, setName] = useState(ways[0]?.name ?? '')
  const [draft, setDraft] = useState<Record<string, string>>({})
  const save = useSetCredentials(apiId, scheme.name)
  const signIn = useBeginSignIn(apiId, scheme.name)
  const way = ways.find((one) => one.name === name)
  if (!way) return null
  const missing = way.fields.some((field) => field.required && !draft[field.name])
  const failed = way.signIn ? signIn.error : save.error
  return (
    <form
      className={page.form}
      autoComplete="off"
      aria-label={`Credentials of ${scheme.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        const values = Object.fromEntries(
          way.fields
            .map((field) => [field.name, draft[field.name] ?? ''])
            .filter(([, value]) => value !== ''),
        ) as Record<string, string>
        if (missing) return
        if (way.signIn) signIn.mutate(values)
        else save.mutate(values, { onSuccess: onDone })
      }}
    >
      {ways.length > 1 && (
        <SegmentedControl
          aria-label="How"
          value={name}
          onChange={setName}
          data={ways.map((one) => ({ value: one.name, label: one.label }))}
        />
      )}
      {way.signIn && <RedirectAddress />}
      {way.fields.map((field, index) => (
        <SchemeField
          key={`${way.name} ${field.name}`}
          field={field}
          autoFocus={index === 0}
          value={draft[field.name] ?? ''}
          onChange={(value) => setDraft({ ...draft, [field.name]: value })}
        />
      ))}
      {failed && <Problem>{failed.message}</Problem>}
      <div className={page.actions}>
        <Button type="submit" loading={save.isPending || signIn.isPending} disabled={missing}>
          {way.signIn ? 'Go to the provider' : 'Store'}
        </Button>
        <Button variant="default" onClick={onDone}>
          Back
        </Button>
      </div>
    </form>
  )
}

function SchemeField({
  field,
  value,
  autoFocus,
  onChange,
}: {
  field: CredentialField
  value: string
  autoFocus: boolean
  onChange: (value: string) => void
}) {
  const Input = field.secret ? PasswordInput : TextInput
  return (
    <Input
      label={field.label}
      description={field.description}
      placeholder={field.placeholder}
      required={field.required}
      autoFocus={autoFocus}
      // A password manager would offer somebody's own password here.
      autoComplete={field.secret ? 'new-password' : 'off'}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

function RedirectAddress() {
  return (
    <p className={page.meta}>
      Register <b>{`${window.location.origin}/apis/signed-in`}</b> as redirect address with the provider
      first. You sign in on its page and come back here.
    </p>
  )
}
