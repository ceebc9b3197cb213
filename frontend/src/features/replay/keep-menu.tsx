import { Button, Menu } from '@mantine/core'
import { useState } from 'react'
import { BASE } from '../../api/client'
import { ForgetDialog } from './forget-dialog'
import { MoreIcon } from './icons'
import classes from './replay.module.css'
import type { Row } from './types'

/** Keep the conversation as a file, or forget it. */
export function KeepMenu({ row }: { row: Row }) {
  const [asked, setAsked] = useState<'redact' | 'delete' | null>(null)
  const file = (kind: string) => `${BASE}/replay/${row.thread_id}/export.${kind}`
  return (
    <>
      <Menu position="bottom-end" withinPortal={false}>
        <Menu.Target>
          <Button size="compact-sm" variant="default" leftSection={<MoreIcon size={15} />}>
            Keep
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component="a" href={file('html')} download>
            Export as a page (HTML)
          </Menu.Item>
          <Menu.Item component="a" href={file('json')} download>
            Export as data (JSON)
          </Menu.Item>
          <Menu.Item disabled={row.redacted_at !== null} onClick={() => setAsked('redact')}>
            {row.redacted_at === null ? 'Redact…' : 'Redacted already'}
          </Menu.Item>
          <Menu.Item className={classes.danger} onClick={() => setAsked('delete')}>
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ForgetDialog row={row} asked={asked} onClose={() => setAsked(null)} />
    </>
  )
}
