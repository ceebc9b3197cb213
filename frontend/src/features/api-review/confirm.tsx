import { Button, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import page from './page.module.css'
import { Problem } from './problem'

interface Props {
  opened: boolean
  title: string
  /** What the button that does it says. */
  action: string
  pending: boolean
  problem: string | undefined
  onConfirm: () => void
  onClose: () => void
  children: ReactNode
}

/** Asks before something that cannot be taken back. */
export function Confirm({ opened, title, action, pending, problem, onConfirm, onClose, children }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={<strong>{title}</strong>}
      closeButtonProps={{ 'aria-label': 'Close' }}
      // Its header is no second header of the page.
      attributes={{ header: { role: 'none' } }}
      centered
    >
      <p>{children}</p>
      {problem && <Problem>{problem}</Problem>}
      <div className={page.buttons}>
        <Button color="red.9" loading={pending} onClick={onConfirm}>
          {action}
        </Button>
        <Button variant="default" onClick={onClose}>
          Keep it
        </Button>
      </div>
    </Modal>
  )
}
