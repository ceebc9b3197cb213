import { Button, CopyButton, TextInput } from '@mantine/core'
import { Time } from '../../components/time'
import classes from './staff.module.css'
import type { OneTimeLink } from './team'

/** A link that is shown this one time, to be copied and sent. */
export function ShownLink({ link, label }: { link: OneTimeLink; label: string }) {
  const address = new URL(link.path, window.location.origin).href
  return (
    <div className={classes.link} role="status">
      <TextInput
        label={label}
        description={
          <>
            Works once, until <Time at={link.ends_at} />. It is not shown again.
          </>
        }
        readOnly
        value={address}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton value={address}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy}>
            {copied ? 'Copied' : 'Copy the link'}
          </Button>
        )}
      </CopyButton>
    </div>
  )
}
