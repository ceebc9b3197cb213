import { ActionIcon, Kbd, Popover } from '@mantine/core'
import { Fragment } from 'react'
import { HelpIcon } from './icons'
import classes from './keyboard-help.module.css'

interface Props {
  keys: ReadonlyArray<readonly [readonly string[], string]>
  shown: boolean
  onShown: (shown: boolean) => void
}

/** What the keys of a page do, on demand: each line is the keys and what they are for. */
export function KeyboardHelp({ keys: lines, shown, onShown }: Props) {
  return (
    <Popover opened={shown} onChange={onShown} position="bottom-end" trapFocus withRoles shadow="md">
      <Popover.Target>
        <ActionIcon
          className={classes.button}
          variant="subtle"
          color="gray"
          size="lg"
          aria-label="Keyboard shortcuts"
          onClick={() => onShown(!shown)}
        >
          <HelpIcon />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label="Keyboard shortcuts" tabIndex={-1} data-autofocus>
        <dl className={classes.keys}>
          {lines.map(([keys, meaning]) => (
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
