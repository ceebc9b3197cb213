import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { CheckIcon } from '../../../components/icons'
import { Time } from '../../../components/time'
import { useRemoveCredentials, useSetCredentials } from './queries'
import { KeyIcon } from '../icons'
import page from '../page.module.css'
import { Problem } from '../problem'
import { fieldsFor, describeScheme } from './schemes'
import type { Api, Scheme } from '../types'

/** The ways to prove to the API who calls; what is set is never shown, only that and by whom. */
export function Credentials({ api }: { api: Api }) {
  if (api.schemes.length === 0) {
    return <p className={page.empty}>The document asks for no credentials.</p>
  }
  return (
    <ul className={page.list}>
      {api.schemes.map((scheme) => (
        <li key={scheme.name} className={page.card}>
          <SchemeCard apiId={api.id} scheme={scheme} />
        </li>
      ))}
    </ul>
  )
}

function SchemeCard({ apiId, scheme }: { apiId: string; scheme: Scheme }) {
  const [editing, setEditing] = useState(false)
  const remove = useRemoveCredentials(apiId, scheme.name)
  const fields = fieldsFor(scheme)
  return (
    <section aria-label={scheme.name}>
      <div className={page.top}>
        <div>
          <h3 className={page.name}>
            <KeyIcon size={15} /> {scheme.name}
          </h3>
          <p className={page.meta}>{describeScheme(scheme)}</p>
          {scheme.description && <p className={page.meta}>{scheme.description}</p>}
          {scheme.set && (
            <p className={page.meta}>
              <span className={page.state} data-status="approved">
                <CheckIcon size={13} /> Set
              </span>{' '}
              {scheme.set_by && `by ${scheme.set_by} `}
              {scheme.set_at && <Time at={scheme.set_at} />}
            </p>
          )}
        </div>
        {fields.length > 0 && !editing && (
          <div className={page.actions}>
            <Button
              size="compact-sm"
              variant={scheme.set ? 'default' : 'filled'}
              onClick={() => setEditing(true)}
            >
              {scheme.set ? 'Replace' : 'Set'}
            </Button>
            {scheme.set && (
              <Button
                size="compact-sm"
                variant="subtle"
                color="gray"
                loading={remove.isPending}
                onClick={() => remove.mutate()}
              >
                Remove
              </Button>
            )}
          </div>
        )}
      </div>
      {remove.isError && <Problem>{remove.error.message}</Problem>}
      {editing && <SchemeForm apiId={apiId} scheme={scheme} onDone={() => setEditing(false)} />}
    </section>
  )
}

function SchemeForm({ apiId, scheme, onDone }: { apiId: string; scheme: Scheme; onDone: () => void }) {
  const save = useSetCredentials(apiId, scheme.name)
  const fields = fieldsFor(scheme)
  const [draft, setDraft] = useState<Record<string, string>>({})
  const missing = fields.some((field) => field.required && !draft[field.name])
  return (
    <form
      className={page.form}
      autoComplete="off"
      aria-label={`Credentials of ${scheme.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        const values = Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== ''))
        if (!missing) save.mutate(values, { onSuccess: onDone })
      }}
    >
      {fields.map((field, index) => {
        const Input = field.secret ? PasswordInput : TextInput
        return (
          <Input
            key={field.name}
            label={field.label}
            description={field.description}
            placeholder={field.placeholder}
            required={field.required}
            autoFocus={index === 0}
            // A password manager would offer somebody's own password here.
            autoComplete={field.secret ? 'new-password' : 'off'}
            value={draft[field.name] ?? ''}
            onChange={(event) => setDraft({ ...draft, [field.name]: event.currentTarget.value })}
          />
        )
      })}
      {save.isError && <Problem>{save.error.message}</Problem>}
      <div className={page.actions}>
        <Button type="submit" loading={save.isPending} disabled={missing}>
          Store
        </Button>
        <Button variant="default" onClick={onDone}>
          Back
        </Button>
      </div>
    </form>
  )
}
