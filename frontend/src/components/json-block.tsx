import classes from './json-block.module.css'

/** Data as it is, readable and scrollable with the keyboard. */
export function JsonBlock({ value, label }: { value: unknown; label: string }) {
  return (
    <pre className={classes.block} tabIndex={0} role="region" aria-label={label}>
      {typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
    </pre>
  )
}
