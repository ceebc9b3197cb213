import type { components } from '../../api/schema.gen'

type Schemas = components['schemas']

export type Analytics = Schemas['Analytics']
export type Figure = Schemas['FigureView']
export type Unit = Figure['unit']
export type AgentPart = Schemas['PartView']
export type ToolPart = Schemas['ToolView']
export type ModelPart = Schemas['ModelView']
export type CausePart = Schemas['CauseView']
export type Series = Schemas['Series']
export type Point = Schemas['PointView']
export type RangeName = Schemas['RangeView']['name']

/** From a moment up to and without another. */
export type Period = Schemas['PeriodView']
