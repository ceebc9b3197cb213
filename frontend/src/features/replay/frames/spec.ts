// Frame spec: everything that the replay knows of one type of stored frame.
import type { ReactNode } from 'react'
import type { FrameOf, Kind, Mark } from '../types'

export type StepIconName =
  | 'customer'
  | 'agent'
  | 'route'
  | 'model'
  | 'tool'
  | 'approval'
  | 'good'
  | 'bad'
  | 'person'
  | 'rating'
  | 'turn'
  | 'erased'

/** A step in one line: who or what, what happened, and the figures that belong to it. */
export interface Line {
  readonly icon: StepIconName
  readonly title: string
  readonly text: string
  readonly facts: readonly string[]
  readonly tone?: 'bad' | 'consent' | 'good'
}

/** A name and a value; one without a value is left out. */
export type Properties = readonly (readonly [name: string, value: string | null | undefined])[]

export interface FrameSpec<F> {
  /** What a stored frame may lack: it was written before there was such a field, or the field was redacted. */
  readonly defaults: Partial<F>
  /** The step in one line; `waited` is how long the approval that it answers had waited, in milliseconds. */
  readonly line: (frame: F, waited: number | null) => Line
  /** The text that is worth reading whole. */
  readonly text?: (frame: F) => string
  readonly properties?: (frame: F) => Properties
  /** What else is shown when the step is open. */
  readonly details?: (frame: F, seq: number) => ReactNode
  /** The kind of place to jump to that it is, as the server sees it. */
  readonly mark?: (frame: F) => Mark['kind'] | null
}

export type FrameSpecs = { readonly [T in Kind]: FrameSpec<FrameOf<T>> }
