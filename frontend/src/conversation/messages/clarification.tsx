import { Button } from '@mantine/core'
import classes from './notice.module.css'
import type { ClarificationItem } from '../state'

/** A question back, with answers to choose from while it is open. */
export function Clarification({
  item,
  onChoose,
}: {
  item: ClarificationItem
  onChoose: ((option: string) => void) | undefined
}) {
  return (
    <article className={classes.question} aria-label="A question for you">
      <p className={classes.words}>{item.text}</p>
      {item.open && item.options.length > 0 && (
        <div className={classes.options} role="group" aria-label="Possible answers">
          {item.options.map((option) => (
            <Button
              key={option}
              size="compact-md"
              variant="default"
              disabled={!onChoose}
              onClick={() => onChoose?.(option)}
            >
              {option}
            </Button>
          ))}
        </div>
      )}
    </article>
  )
}
