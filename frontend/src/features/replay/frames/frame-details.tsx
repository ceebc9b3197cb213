import { ApprovalValues } from '../../../conversation/approval/approval-values'
import { agentName } from '../../../conversation/format'
import { duration, percent } from '../format'
import classes from './frame-details.module.css'
import { BlockTitle, TitledJson } from './titled-json'
import type { FrameOf } from '../types'

/** Who was considered for an answer, and why. */
export function RoutedDetails({ frame }: { frame: FrameOf<'routed'> }) {
  const chosen = new Set(frame.intents.map(({ agent, request }) => `${agent} ${request}`))
  const all = frame.candidates.length > 0 ? frame.candidates : frame.intents
  return (
    <table className={classes.candidates}>
      <thead>
        <tr>
          <th scope="col">Agent</th>
          <th scope="col">Sure</th>
          <th scope="col">Why</th>
          <th scope="col">For</th>
        </tr>
      </thead>
      <tbody>
        {all.map(({ agent, confidence, reason, request }, index) => (
          <tr key={index} data-chosen={chosen.has(`${agent} ${request}`) || undefined}>
            <th scope="row">
              {agentName(agent)}
              {chosen.has(`${agent} ${request}`) && <span className={classes.chosen}>chosen</span>}
            </th>
            <td>{percent(confidence)}</td>
            <td>{reason || '–'}</td>
            <td>{request || '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What became of each attempt before the last; none where it is not known. */
export function FailedAttempts({ frame }: { frame: FrameOf<'tool_ran'> }) {
  if (frame.failed_attempts.length === 0) return null
  return (
    <>
      <BlockTitle>Tried before, without success</BlockTitle>
      <ol className={classes.attempts}>
        {frame.failed_attempts.map(({ http_status, error, duration_ms }, index) => (
          <li key={index}>
            {http_status === null ? `No answer (${error ?? 'not known why'})` : `HTTP ${http_status}`} after{' '}
            {duration(duration_ms)}
          </li>
        ))}
      </ol>
    </>
  )
}

/** What was to be consented to: the values, what they were before somebody edited them, and the request. */
export function ApprovalDetails({ frame }: { frame: FrameOf<'interrupt'> }) {
  return (
    <>
      {frame.edited_from !== null && (
        <p className={classes.note}>
          Edited by {frame.edited_by === 'operator' ? 'staff' : 'the customer'}; crossed out is what it was
          before.
        </p>
      )}
      <ApprovalValues
        args={frame.args}
        before={frame.edited_from}
        schema={frame.args_schema}
        unsaid={frame.unsaid}
        viewer="operator"
      />
      {frame.request && <TitledJson title="What was to be sent" seq={frame.seq ?? 0} value={frame.request} />}
    </>
  )
}
