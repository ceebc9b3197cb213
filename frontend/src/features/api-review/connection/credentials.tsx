import { Button } from '@mantine/core'
import { useState } from 'react'
import { CheckIcon } from '../../../components/icons'
import { Time } from '../../../components/time'
import { AddScheme } from './add-scheme'
import { useRemoveCredentials, useRemoveScheme } from './queries'
import { KeyIcon } from '../icons'
import page from '../page.module.css'
import { Problem } from '../problem'
import { SchemeForm } from './scheme-form'
import { describeScheme, waysFor } from './schemes'
import type { Api, Scheme } from '../types'

/** The ways to prove to the API who calls; what is set is never shown, only that and by whom. */
export function Credentials({ api }: { api: Api }) {
  return (
    <>
      {api.schemes.length === 0 && <p className={page.empty}>The document asks for no credentials.</p>}
      <ul className={page.list}>
        {api.schemes.map((scheme) => (
          <li key={scheme.name} className={page.card}>
            <SchemeCard apiId={api.id} scheme={scheme} />
          </li>
        ))}
      </ul>
      <AddScheme apiId={api.id} />
    </>
  )
}

function SchemeCard({ apiId, scheme }: { apiId: string; scheme: Scheme }) {
  const [editing, setEditing] = useState(false)
  const remove = useRemoveCredentials(apiId, scheme.name)
  const removeScheme = useRemoveScheme(apiId, scheme.name)
  const stale = scheme.entered_for !== null
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
              {!stale && (
                <span className={page.state} data-status="approved">
                  <CheckIcon size={13} /> Set
                </span>
              )}{' '}
              {scheme.set_by && `by ${scheme.set_by} `}
              {scheme.set_at && <Time at={scheme.set_at} />}
            </p>
          )}
        </div>
        {waysFor(scheme).length > 0 && !editing && (
          <div className={page.actions}>
            <Button
              size="compact-sm"
              variant={scheme.set && !stale ? 'default' : 'filled'}
              onClick={() => setEditing(true)}
            >
              {scheme.set ? 'Replace' : 'Set'}
            </Button>
            {(scheme.set || scheme.added) && (
              <Button
                size="compact-sm"
                variant="subtle"
                color="gray"
                loading={remove.isPending || removeScheme.isPending}
                onClick={() => (scheme.set ? remove : removeScheme).mutate()}
              >
                Remove
              </Button>
            )}
          </div>
        )}
      </div>
      {stale && (
        <Problem>
          These were entered for {scheme.entered_for}, and the API is at another address now, so they are not
          sent. Enter them again.
        </Problem>
      )}
      {remove.isError && <Problem>{remove.error.message}</Problem>}
      {editing && <SchemeForm apiId={apiId} scheme={scheme} onDone={() => setEditing(false)} />}
    </section>
  )
}
