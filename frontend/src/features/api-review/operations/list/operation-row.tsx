import { VisuallyHidden } from '@mantine/core'
import { memo } from 'react'
import { AlertIcon } from '../../../../components/icons'
import { AccessBadge } from '../access-badge'
import { Evidence } from '../evidence'
import { useEditOne } from '../queries'
import classes from './operations.module.css'
import { useReviewing } from '../review-context'
import { Sources } from './sources-cell'
import { RowSwitch, RowCheckbox } from './tick'
import type { Operation } from '../../types'
import type { ReviewView } from '../view/use-review'
import { percent } from '../../format'
import { actsWithoutConsent, CHANGE, CONSENT, isDoubtful } from '../../labels'

interface Props {
  operation: Operation
  view: ReviewView
  index: number
}

/** One operation in a line, or in a card on a phone. */
export function OperationRow({ operation, view, index }: Props) {
  const { idx } = operation
  const { selection, step } = view
  return (
    <Line
      operation={operation}
      index={index}
      chosen={selection.chosen.has(idx)}
      current={selection.cursor === idx || (selection.cursor === null && view.order[0] === idx)}
      unfolded={view.unfolded.has(idx)}
      onChoose={(range) => step(range ? { type: 'range', idx, order: view.order } : { type: 'toggle', idx })}
      onUnfold={() => view.unfold(idx)}
      onGo={() => step({ type: 'go', idx })}
      onOpen={() => view.open(idx)}
    />
  )
}

interface LineProps {
  operation: Operation
  index: number
  chosen: boolean
  current: boolean
  unfolded: boolean
  onChoose: (range: boolean) => void
  onUnfold: () => void
  onGo: () => void
  onOpen: () => void
}

// Functions are made anew at each step of the selection and do the same for the same operation.
const Line = memo(
  OperationLine,
  (one, other) =>
    one.operation === other.operation &&
    one.index === other.index &&
    one.chosen === other.chosen &&
    one.current === other.current &&
    one.unfolded === other.unfolded,
)

function OperationLine(props: LineProps) {
  const { operation, chosen, current, unfolded, onChoose, onUnfold } = props
  const { editable } = useReviewing()
  const gone = operation.change === 'removed'
  return (
    <div
      role="row"
      aria-rowindex={props.index}
      aria-selected={chosen}
      tabIndex={current ? 0 : -1}
      className={classes.operation}
      data-gone={gone || undefined}
      data-off={!operation.enabled || undefined}
      onFocus={props.onGo}
    >
      <div className={classes.line}>
        <span role="gridcell" className={classes.check}>
          {editable && (
            <RowCheckbox
              label={`Select ${operation.title}`}
              checked={chosen}
              onTick={(event) => onChoose(event.shiftKey)}
            />
          )}
        </span>
        <span role="gridcell" className={classes.what}>
          <Title operation={operation} onOpen={props.onOpen} />
        </span>
        <span role="gridcell" className={classes.access}>
          <AccessBadge access={operation.access} />
        </span>
        <span role="gridcell" className={classes.consent} data-label="Who consents">
          {CONSENT[operation.consent].word}
          {actsWithoutConsent(operation) && (
            <span className={classes.caution} title="A write that asks nobody">
              <AlertIcon size={14} /> unasked
            </span>
          )}
        </span>
        <span role="gridcell" className={classes.sources}>
          <Sources operation={operation} />
        </span>
        <span role="gridcell" className={classes.sure}>
          <Confidence operation={operation} unfolded={unfolded} onUnfold={onUnfold} />
        </span>
        <span role="gridcell" className={classes.number} data-label="Tokens">
          {operation.tokens.toLocaleString('en')}
        </span>
        <span role="gridcell" className={classes.enabled}>
          <Enabled operation={operation} />
        </span>
        {unfolded && (
          <div role="gridcell" className={classes.unfolded}>
            <Evidence operation={operation} />
          </div>
        )}
      </div>
    </div>
  )
}

interface ConfidenceProps {
  operation: Operation
  unfolded: boolean
  onUnfold: () => void
}

function Confidence({ operation, unfolded, onUnfold }: ConfidenceProps) {
  return (
    <button
      type="button"
      className={classes.why}
      aria-expanded={unfolded}
      aria-label={`Why? ${percent(operation.confidence)} sure of ${operation.title}`}
      data-doubt={isDoubtful(operation) || undefined}
      onClick={onUnfold}
    >
      <span>
        {percent(operation.confidence)}
        {isDoubtful(operation) && ' in doubt'}
      </span>
      <span className={classes.ask}>why?</span>
    </button>
  )
}

function Title({ operation, onOpen }: { operation: Operation; onOpen: () => void }) {
  const { change, edited, warnings } = operation
  return (
    <>
      <button type="button" className={classes.title} onClick={onOpen}>
        {operation.title}
      </button>
      {change && change !== 'same' && (
        <span className={classes.mark} data-change={change}>
          {CHANGE[change]}
        </span>
      )}
      {edited.length > 0 && <span className={classes.mark}>Edited</span>}
      {operation.deprecated && <span className={classes.mark}>Deprecated</span>}
      {warnings.length > 0 && (
        <span className={classes.mark} data-change="changed">
          {warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`}
        </span>
      )}
      <span className={classes.key}>
        <b>{operation.method}</b> {operation.server + operation.path}
      </span>
    </>
  )
}

function Enabled({ operation }: { operation: Operation }) {
  const { jobId, editable } = useReviewing()
  const edit = useEditOne(jobId)
  const { idx, revision, enabled, title } = operation
  if (operation.change === 'removed') return <span className={classes.dimmed}>gone</span>
  return (
    <>
      <RowSwitch
        label={`Enable ${title}`}
        on={enabled}
        disabled={!editable}
        onChange={(on) => edit.mutate({ idx, revision, edit: { enabled: on } })}
      />
      {edit.isError && (
        <span role="alert" className={classes.refused} title={edit.error.message}>
          Not saved<VisuallyHidden>: {edit.error.message}</VisuallyHidden>
        </span>
      )}
    </>
  )
}
