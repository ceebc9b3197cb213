import { Button } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'react-router'
import { PauseButton } from '../../../components/pause-button'
import { useRemoveApi } from '../connection/queries'
import { Confirm } from '../confirm'
import { ImportAgain } from '../imports/import-again'
import page from '../page.module.css'
import { Problem } from '../problem'
import type { Api } from '../types'
import { count } from '../format'

/** The APIs, with what is live of each. */
export function ApiList({ apis }: { apis: readonly Api[] }) {
  if (apis.length === 0) {
    return <p className={page.empty}>No API is connected yet. Import one above; its document is enough.</p>
  }
  return (
    <ul className={page.list}>
      {apis.map((api) => (
        <li key={api.id} className={page.item}>
          <ApiItem api={api} />
        </li>
      ))}
    </ul>
  )
}

function ApiItem({ api }: { api: Api }) {
  const [removing, setRemoving] = useState(false)
  const remove = useRemoveApi(api.id)
  const name = api.title || api.name
  return (
    <>
      <div>
        <h3 className={page.name}>
          {api.live_job ? <Link to={`/apis/jobs/${api.live_job}`}>{name}</Link> : name}
        </h3>
        <p className={page.meta}>
          {api.live_job ? count(api.tools, 'live tool') : 'Nothing live yet'}
          {api.base_url && ` · ${api.base_url}`}
        </p>
        {api.fault && <Problem>{api.fault}</Problem>}
      </div>
      <div className={page.actions}>
        {api.live_job && <PauseButton what={{ kind: 'api', name: api.name }} />}
        <ImportAgain id={api.id} source={api.source} />
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setRemoving(true)}>
          Remove
        </Button>
      </div>
      <Confirm
        opened={removing}
        title={`Remove ${name}?`}
        action="Remove"
        pending={remove.isPending}
        problem={remove.error?.message}
        onConfirm={() => remove.mutate()}
        onClose={() => setRemoving(false)}
      >
        Its tools disappear from the chat at once, what waits for consent to them expires, and its credentials
        are deleted.
      </Confirm>
    </>
  )
}
