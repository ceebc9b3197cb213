import { Button, Popover } from '@mantine/core'
import { useState } from 'react'
import { BASE } from '../../../api/client'
import { EraseDialog } from './erase-dialog'
import { MoreIcon } from '../icons'
import classes from './conversation-menu.module.css'
import type { Row } from '../types'

/** Keep the conversation as a file, or forget it. */
export function ConversationMenu({ row }: { row: Row }) {
  const [opened, setOpened] = useState(false)
  const [asked, setAsked] = useState<'redact' | 'delete' | null>(null)
  const file = (kind: string) => `${BASE}/replay/${row.thread_id}/export.${kind}`
  const close = () => setOpened(false)
  const ask = (what: 'redact' | 'delete') => {
    close()
    setAsked(what)
  }
  return (
    <>
      <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus withRoles shadow="md">
        <Popover.Target>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<MoreIcon size={15} />}
            onClick={() => setOpened(!opened)}
          >
            Keep
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label="Keep or forget" p={6} tabIndex={-1}>
          <ul className={classes.menu}>
            <li>
              <a href={file('html')} download onClick={close}>
                Export as a page (HTML)
              </a>
            </li>
            <li>
              <a href={file('json')} download onClick={close}>
                Export as data (JSON)
              </a>
            </li>
            <li>
              <button type="button" disabled={row.redacted_at !== null} onClick={() => ask('redact')}>
                {row.redacted_at === null ? 'Redact…' : 'Redacted already'}
              </button>
            </li>
            <li>
              <button type="button" className={classes.danger} onClick={() => ask('delete')}>
                Delete…
              </button>
            </li>
          </ul>
        </Popover.Dropdown>
      </Popover>
      <EraseDialog row={row} asked={asked} onClose={() => setAsked(null)} />
    </>
  )
}
