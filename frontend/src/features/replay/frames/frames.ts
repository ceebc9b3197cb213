// Table of stored frames: each type's spec, and what of a step is read from it. A type of the log that is missing here
// does not compile; one that only a newer server writes is shown by its name.
import type { ReactNode } from 'react'
import { agentName, humanize } from '../../../conversation/format'
import { duration } from '../format'
import type { Frame, Mark, Step, StoredFrame } from '../types'
import { APPROVALS } from './approvals'
import { MESSAGES } from './messages'
import type { FrameSpec, FrameSpecs, Line, Properties } from './spec'
import { TOOLS } from './tools'
import { TURNS } from './turns'

const FRAMES: FrameSpecs = { ...MESSAGES, ...TURNS, ...TOOLS, ...APPROVALS }

const NOTHING_USED = { model_calls: 0, prompt_tokens: 0, completion_tokens: 0, cost_usd: null }

type Property = readonly [name: string, value: string]

function specOf(frame: StoredFrame): FrameSpec<Frame> | undefined {
  return FRAMES[frame.type] as FrameSpec<Frame> | undefined
}

/** A stored frame with nothing missing. */
export function withDefaults(frame: StoredFrame): Frame {
  const whole = { ...specOf(frame)?.defaults, ...frame } as Frame
  if (whole.type === 'message_complete') whole.usage = { ...NOTHING_USED, ...whole.usage }
  return whole
}

/** A step in one line; `waited` is how long the approval that it answers had waited, in milliseconds. */
export function describeStep(step: Step, waited: number | null = null): Line {
  const line = specOf(step.frame)?.line(withDefaults(step.frame), waited)
  return line ?? { icon: 'turn', title: humanize(step.type), text: '', facts: [] }
}

/** The text of a frame that is worth reading whole; empty where there is none. */
export function textOf(frame: Frame): string {
  return specOf(frame)?.text?.(frame) ?? ''
}

/** What else is shown of a step that is open; null where nothing is. */
export function detailsOf(step: Step): ReactNode {
  return specOf(step.frame)?.details?.(withDefaults(step.frame), step.seq) ?? null
}

/** The place to jump to that a step is; null where it is none. */
export function markOf({ seq, frame }: Step): Mark | null {
  const kind = specOf(frame)?.mark?.(frame as Frame)
  return kind ? { seq, kind } : null
}

/** What is known of a step, by name; what is not known is left out. */
export function propertiesOf(step: Step, waited: number | null): Property[] {
  const properties: Properties = [
    ...(specOf(step.frame)?.properties?.(withDefaults(step.frame)) ?? []),
    ['Waited', waited === null ? null : duration(waited)],
    ['Took', step.duration_ms === null ? null : duration(step.duration_ms)],
    ['Agent', step.agent === null ? null : agentName(step.agent)],
    ['When', new Date(step.at).toLocaleString()],
    ['Seen by the customer', step.visible ? 'yes' : 'no'],
    ['Step', String(step.seq)],
    ['Turn', step.turn_id],
  ]
  return properties.filter((property): property is Property => Boolean(property[1]))
}
