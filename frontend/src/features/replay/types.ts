// Types of the replay, by the names of the generated REST schema.
import type { components } from '../../api/schema.gen'

type Schemas = components['schemas']

export type Row = Schemas['ConversationRow']
export type Replay = Schemas['Replay']
export type Mark = Schemas['MarkView']
export type Step = Schemas['StepView']
export type StoredFrame = Step['frame']
export type Kind = StoredFrame['type']

/** What happened in a step of one kind, with nothing missing; see `filled`. */
export type FrameOf<T extends Kind> = Required<Extract<StoredFrame, { type: T }>>
export type Frame = { [T in Kind]: FrameOf<T> }[Kind]

/** Whether a conversation that goes on is watched: `off` for one that is over. */
export type Live = 'off' | 'connecting' | 'on'
