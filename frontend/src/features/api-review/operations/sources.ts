// Sources of an argument: the customer, the verified identity, or the model.
import type { Argument, Edit, Operation } from '../types'

/** Where the value of an argument comes from. */
export type Source = 'customer' | 'identity' | 'agent'

export const SOURCES: Record<Source, { word: string; means: string }> = {
  customer: { word: 'The customer', means: 'asked for in the chat' },
  identity: { word: 'Verified identity', means: 'filled in by the server, hidden from the AI' },
  agent: { word: 'The AI', means: 'from a look-up or its own choice' },
}

/** The claim that names the customer in a signed token, unless the API wants another one. */
export const SUBJECT = 'sub'

export function sourceOf(operation: Pick<Operation, 'bound' | 'customer_params'>, name: string): Source {
  if (name in operation.bound) return 'identity'
  return operation.customer_params.includes(name) ? 'customer' : 'agent'
}

/** The edit that lets an argument come from elsewhere; an argument has one source only. */
export function withSource(
  operation: Pick<Operation, 'bound' | 'customer_params'>,
  name: string,
  source: Source,
  claim = SUBJECT,
): Required<Pick<Edit, 'bound' | 'customer_params'>> {
  const others = operation.customer_params.filter((other) => other !== name)
  const rest = Object.fromEntries(Object.entries(operation.bound).filter(([other]) => other !== name))
  return {
    customer_params: source === 'customer' ? [...others, name] : others,
    bound: source === 'identity' ? { ...rest, [name]: claim } : rest,
  }
}

/** Arguments by where they come from, for the list. */
export function bySource(operation: Operation): Record<Source, Argument[]> {
  const result: Record<Source, Argument[]> = { customer: [], identity: [], agent: [] }
  for (const argument of operation.arguments) result[sourceOf(operation, argument.name)].push(argument)
  return result
}

const TYPES = new Set(['string', 'number', 'integer', 'boolean'])

/** A schema for a form of these arguments; whatever is no plain value is written as JSON. */
export function schemaOf(args: readonly Argument[]): Record<string, unknown> {
  return {
    type: 'object',
    required: args.filter((argument) => argument.required).map((argument) => argument.name),
    properties: Object.fromEntries(
      args.map(({ name, type, description }) => [
        name,
        TYPES.has(type) ? { type, description } : { description: description || `As JSON: ${type}` },
      ]),
    ),
  }
}
