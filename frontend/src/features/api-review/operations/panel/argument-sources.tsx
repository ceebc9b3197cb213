import { NativeSelect, TextInput } from '@mantine/core'
import classes from './operation-drawer.module.css'
import { SOURCES, sourceOf, withSource, type Source } from '../sources'
import type { Argument, Edit, Operation } from '../../types'

interface Props {
  operation: Operation
  disabled: boolean
  onChange: (edit: Edit) => void
}

/** Where each value comes from: the customer, the verified identity, or the AI. */
export function ArgumentSources({ operation, disabled, onChange }: Props) {
  if (operation.arguments.length === 0) return <p className={classes.argAbout}>It takes no values.</p>
  return (
    <fieldset className={classes.group}>
      <legend>Where its values come from</legend>
      <ul className={classes.args}>
        {operation.arguments.map((argument) => (
          <ArgumentSource
            key={argument.name}
            argument={argument}
            operation={operation}
            disabled={disabled}
            onChange={onChange}
          />
        ))}
      </ul>
    </fieldset>
  )
}

function ArgumentSource({ argument, operation, disabled, onChange }: Props & { argument: Argument }) {
  const { name, place, required, type, description } = argument
  const source = sourceOf(operation, name)
  return (
    <li className={classes.arg}>
      <div>
        <code>{name}</code>{' '}
        <span className={classes.argAbout}>
          {type}, in the {place === 'field' ? 'body' : place}
          {required && ', required'}
        </span>
        {description && <div className={classes.argAbout}>{description}</div>}
      </div>
      <div>
        <NativeSelect
          size="xs"
          aria-label={`Where ${name} comes from`}
          disabled={disabled}
          value={source}
          data={Object.entries(SOURCES).map(([value, { word }]) => ({ value, label: word }))}
          onChange={(event) => onChange(withSource(operation, name, event.currentTarget.value as Source))}
        />
        {source === 'identity' && (
          <TextInput
            className={classes.claim}
            size="xs"
            aria-label={`Claim for ${name}`}
            description={`Claim. ${SOURCES.identity.means}.`}
            inputWrapperOrder={['input', 'description']}
            disabled={disabled}
            value={operation.bound[name] ?? ''}
            onChange={(event) => onChange(withSource(operation, name, 'identity', event.currentTarget.value))}
          />
        )}
      </div>
    </li>
  )
}
