import { Button } from '@mantine/core'
import { JsonBlock } from '../../../components/json-block'
import { RichText } from '../../../conversation/messages/rich-text'
import { detailsOf, propertiesOf, textOf, withDefaults } from '../frames/frames'
import { CopyIcon, LinkIcon } from '../icons'
import classes from './step-details.module.css'
import type { StepActions } from './step-row'
import type { Step } from '../types'

interface Props {
  id: string
  step: Step
  waited: number | null
  raw: boolean
  actions: StepActions
}

/** Everything that is known of a step. */
export function StepDetails({ id, step, waited, raw, actions }: Props) {
  const text = textOf(withDefaults(step.frame))
  return (
    <div id={id} className={classes.details}>
      {raw ? (
        <JsonBlock label={`Step ${step.seq} as JSON`} value={step} />
      ) : (
        <>
          {text && (
            <p className={classes.words}>
              <RichText text={text} />
            </p>
          )}
          {detailsOf(step)}
          <dl className={classes.known}>
            {propertiesOf(step, waited).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      <div className={classes.tools}>
        <Button size="compact-xs" variant="default" aria-pressed={raw} onClick={actions.raw}>
          {raw ? 'In words' : 'Raw JSON'}
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<CopyIcon size={13} />}
          onClick={() => actions.copy(step)}
        >
          Copy
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<LinkIcon size={13} />}
          onClick={() => actions.link(step.seq)}
        >
          Copy link
        </Button>
      </div>
    </div>
  )
}
