import { Button } from '@mantine/core'
import { JsonBlock } from '../../../components/json-block'
import { RichText } from '../../../conversation/messages/rich-text'
import { ApprovalDetails, FailedAttempts, RoutedDetails } from './frame-details'
import { propertiesOf, textOf } from './properties'
import { withDefaults } from './defaults'
import { CopyIcon, LinkIcon } from '../icons'
import classes from './step-details.module.css'
import type { StepActions } from './step-row'
import { TitledJson } from './titled-json'
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
  const frame = withDefaults(step.frame)
  const text = textOf(frame)
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
          {frame.type === 'routed' && <RoutedDetails frame={frame} />}
          {frame.type === 'interrupt' && <ApprovalDetails frame={frame} />}
          {frame.type === 'tool_call' && (
            <JsonBlock label={`Arguments, step ${step.seq}`} value={frame.args} />
          )}
          {frame.type === 'action_changed' && (
            <JsonBlock label={`Values, step ${step.seq}`} value={frame.args} />
          )}
          {frame.type === 'evidence_shown' && (
            <>
              <TitledJson seq={step.seq} title="Asked for" value={frame.args} />
              {frame.data != null && (
                <TitledJson seq={step.seq} title="What the target said" value={frame.data} />
              )}
            </>
          )}
          {frame.type === 'tool_ran' && (
            <>
              <FailedAttempts frame={frame} />
              {frame.request && <TitledJson seq={step.seq} title="Sent" value={frame.request} />}
              {frame.response != null && (
                <TitledJson seq={step.seq} title="Answered" value={frame.response} />
              )}
              {frame.full_response != null && (
                <TitledJson
                  seq={step.seq}
                  title="The whole answer, of which the model read a part"
                  value={frame.full_response}
                />
              )}
            </>
          )}
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
