import { ActionIcon, Kbd, Popover } from '@mantine/core'
import { Fragment } from 'react'
import { HelpIcon } from './icons'
import { KEYS } from './keys'
import classes from './replay.module.css'

/** The keys of the timeline, on demand. */
export function KeyboardHelp({ shown, onShown }: { shown: boolean; onShown: (shown: boolean) => void }) {
  return (
    <Popover opened={shown} onChange={onShown} position="bottom-start" trapFocus withRoles shadow="md">
      <Popover.Target>
        <ActionIcon
          className={classes.help}
          variant="subtle"
          color="gray"
          size="md"
          aria-label="Keyboard shortcuts"
          onClick={() => onShown(!shown)}
        >
          <HelpIcon />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label="Keyboard shortcuts" tabIndex={-1} data-autofocus>
        <dl className={classes.keys}>
          {KEYS.map(([keys, meaning]) => (
            <Fragment key={meaning}>
              <dt>
                {keys.map((key) => (
                  <Kbd key={key} size="xs">
                    {key}
                  </Kbd>
                ))}
              </dt>
              <dd>{meaning}</dd>
            </Fragment>
          ))}
        </dl>
      </Popover.Dropdown>
    </Popover>
  )
}
