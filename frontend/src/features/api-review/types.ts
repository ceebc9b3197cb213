// Types of the API review, by the names of the generated REST schema.
import type { components } from '../../api/schema.gen'

type Schemas = components['schemas']

export type Job = Schemas['Job']
export type Jobs = Schemas['Jobs']
export type Counts = Schemas['Counts']
export type Note = Schemas['Note']
export type Operation = Schemas['Operation']
export type Argument = Schemas['ArgumentView']
export type Api = Schemas['Api']
export type Scheme = Schemas['SchemeView']
export type Limits = Schemas['Limits']
export type JobAgent = Schemas['JobAgent']
export type Agent = Schemas['AgentView']
export type AgentVersion = Schemas['VersionView']
export type Tried = Schemas['Tried']
export type Edited = Schemas['BulkEdited']

export type Entry = Schemas['ReviewLog']['items'][number]
export type Edits = Schemas['Edits']
export type Changed = Schemas['Changed']

export type Status = Job['status']
export type Access = Operation['access']
export type Consent = Operation['consent']
export type Change = NonNullable<Operation['change']>

/** What a person may change of an operation. */
export type Edit = Partial<
  Pick<
    Operation,
    | 'access'
    | 'consent'
    | 'agent'
    | 'customer_params'
    | 'bound'
    | 'enabled'
    | 'title'
    | 'description'
    | 'twin'
  >
>
