import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useApi, useSaveApi } from './queries'
import { Credentials } from './credentials'
import { LIMITS, readLimits, writeLimits } from './limits'
import { Loaded } from '../loaded'
import page from '../page.module.css'
import { Problem } from '../problem'
import type { Api } from '../types'

/** How the API is reached: where, as whom, and how much. */
export function ConnectionSection({ apiId }: { apiId: string }) {
  const query = useApi(apiId)
  return (
    <Loaded query={query} what="the connection">
      {(api) => (
        <>
          <Address api={api} />
          <section className={page.section} aria-labelledby="credentials">
            <h2 id="credentials" className={page.heading}>
              Credentials
            </h2>
            <p className={page.lead}>
              Stored encrypted. Neither a browser nor the AI ever sees them again; they are only sent to this
              API.
            </p>
            <Credentials api={api} />
          </section>
        </>
      )}
    </Loaded>
  )
}

function Address({ api }: { api: Api }) {
  const save = useSaveApi(api.id)
  const [address, setAddress] = useState(api.base_url)
  const [draft, setDraft] = useState(() => writeLimits(api.limits))
  const read = readLimits(draft)
  const same = address === api.base_url && JSON.stringify(draft) === JSON.stringify(writeLimits(api.limits))
  return (
    <section className={page.section} aria-labelledby="address">
      <h2 id="address" className={page.heading}>
        Address and limits
      </h2>
      <form
        className={page.form}
        noValidate
        aria-labelledby="address"
        onSubmit={(event) => {
          event.preventDefault()
          if (read.limits) save.mutate({ ...(address && { base_url: address.trim() }), limits: read.limits })
        }}
      >
        <TextInput
          label="Base address"
          description="Every call goes there, and nowhere else."
          type="url"
          list="servers"
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <datalist id="servers">
          {api.servers.map((server) => (
            <option key={server} value={server} />
          ))}
        </datalist>
        <div className={page.pair}>
          {LIMITS.map(({ name, label, description }) => (
            <TextInput
              key={name}
              label={label}
              description={description}
              inputMode="decimal"
              value={draft[name]}
              error={read.problems?.[name]}
              onChange={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
            />
          ))}
        </div>
        {save.isError && <Problem>{save.error.message}</Problem>}
        <div className={page.actions}>
          <Button type="submit" loading={save.isPending} disabled={same || read.limits === null}>
            Save
          </Button>
          <span role="status">{save.isSuccess && same && 'Saved.'}</span>
        </div>
      </form>
    </section>
  )
}
