import { Button, Modal, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useDelete, useRedact } from './queries'
import { Problem } from '../problem'
import classes from './erase-dialog.module.css'
import type { Row } from '../types'

const MAX_REASON_CHARS = 500 // the server's own limit

interface Props {
  row: Row
  asked: 'redact' | 'delete' | null
  onClose: () => void
}

/** Asks before something is forgotten, and says exactly what goes and what stays. */
export function EraseDialog({ row, asked, onClose }: Props) {
  const title = asked === 'delete' ? 'Delete this conversation?' : 'Redact this conversation?'
  return (
    <Modal.Root opened={asked !== null} onClose={onClose} centered>
      <Modal.Overlay />
      <Modal.Content aria-label={title}>
        <Modal.Body pt="md">
          <h2 className={classes.dialogTitle}>{title}</h2>
          {asked === 'delete' && <Delete row={row} onClose={onClose} />}
          {asked === 'redact' && <Redact row={row} onClose={onClose} />}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}

interface FormProps {
  row: Row
  onClose: () => void
}

function Redact({ row, onClose }: FormProps) {
  const [reason, setReason] = useState('')
  const redact = useRedact(row.thread_id)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        redact.mutate(reason.trim(), { onSuccess: onClose })
      }}
    >
      <WhatGoes
        goes="every message, answer and comment; the values and requests of tools and what they answered; reasons and titles; what the search finds it by; what the agents remember of it"
        stays="who spoke when, which tools ran and how they ended, approvals and decisions, tokens, cost, times, outcome and rating; so every figure of the dashboard"
      />
      <TextInput
        label="Why (optional)"
        description="Stays on record. Don’t name the customer in it."
        maxLength={MAX_REASON_CHARS}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {redact.isError && <Problem>{redact.error.message}</Problem>}
      <div className={classes.buttons}>
        <Button type="submit" className={classes.forget} loading={redact.isPending}>
          Redact it
        </Button>
        <Button variant="default" onClick={onClose}>
          Keep it
        </Button>
      </div>
    </form>
  )
}

function Delete({ row, onClose }: FormProps) {
  const navigate = useNavigate()
  const remove = useDelete(row.thread_id)
  return (
    <>
      <WhatGoes
        goes="the whole conversation with every step of it, its approvals and actions, and this page; links to it lead nowhere"
        stays="what it came to in the figures of the dashboard, without its name. Export it first if it has to be kept"
      />
      {remove.isError && <Problem>{remove.error.message}</Problem>}
      <div className={classes.buttons}>
        <Button
          className={classes.forget}
          loading={remove.isPending}
          onClick={() => remove.mutate(undefined, { onSuccess: () => void navigate('/replay') })}
        >
          Delete it
        </Button>
        <Button variant="default" onClick={onClose}>
          Keep it
        </Button>
      </div>
    </>
  )
}

function WhatGoes({ goes, stays }: { goes: string; stays: string }) {
  return (
    <>
      <dl className={classes.goes}>
        <dt>Goes, for good</dt>
        <dd>{goes}.</dd>
        <dt>Stays</dt>
        <dd>{stays}.</dd>
      </dl>
      <p>This cannot be taken back.</p>
    </>
  )
}
