// Form fields from a JSON schema.
/** A field of a form, as a tool's schema describes it. `json`: whatever a plain input cannot hold. */
export interface Field {
  name: string
  kind: 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'json'
  required: boolean
  description: string
  choices: readonly string[]
  schema: Schema
}

type Schema = Record<string, unknown>

/** The fields for editing these arguments; none where the schema does not tell. */
export function fieldsOf(schema: Schema | null | undefined, args: Schema): Field[] | null {
  if (!isRecord(schema?.properties)) return null
  const properties = schema.properties
  const required = Array.isArray(schema.required) ? schema.required : []
  // Arguments that the schema does not name would be lost in a form.
  if (Object.keys(args).some((name) => !(name in properties))) return null
  const fields = Object.entries(properties).map(([name, value]): Field => {
    const described = isRecord(value) ? value : {}
    const known = nonNull(described)
    return {
      name,
      kind: kindOf(known),
      required: required.includes(name),
      description: text(described.description) || text(known.description),
      choices: Array.isArray(known.enum) ? known.enum.map(String) : [],
      schema: known,
    }
  })
  // What must be there comes first.
  return fields.sort((one, other) => Number(other.required) - Number(one.required))
}

/** What the schema says of one field, in words; nothing where it says nothing. */
export function describeField(schema: Schema | null | undefined, name: string): string | undefined {
  const field = isRecord(schema?.properties) ? schema.properties[name] : undefined
  return (isRecord(field) && text(field.description)) || undefined
}

function kindOf(schema: Schema): Field['kind'] {
  const options = schema.enum
  if (Array.isArray(options) && options.every((option) => typeof option === 'string')) return 'choice'
  switch (schema.type) {
    case 'string':
      return 'text'
    case 'number':
    case 'integer':
    case 'boolean':
      return schema.type
    default:
      return 'json'
  }
}

// `anyOf: [something, null]` and `type: [something, "null"]` are the ways to say "may be left out".
function nonNull(schema: Schema): Schema {
  const variants = schema.anyOf ?? schema.oneOf
  if (Array.isArray(variants)) {
    const rest = variants.filter((variant) => isRecord(variant) && variant.type !== 'null') as Schema[]
    return rest.length === 1 && rest[0] ? { ...schema, ...rest[0] } : schema
  }
  if (!Array.isArray(schema.type)) return schema
  const types = schema.type.filter((type) => type !== 'null')
  return types.length === 1 ? { ...schema, type: types[0] as unknown } : schema
}

export function isRecord(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
