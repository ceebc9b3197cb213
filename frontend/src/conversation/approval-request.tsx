import { ChevronIcon } from '../components/icons'
import { JsonBlock } from '../components/json-block'
import classes from './approval-card.module.css'

/** Exactly what will be sent, for those who want to see it. */
export function ApprovalRequest({ request }: { request: Record<string, unknown> }) {
  const { method, url, ...rest } = request
  const line = [method, url].filter((part) => typeof part === 'string').join(' ')
  return (
    <details className={classes.raw}>
      <summary>
        <ChevronIcon size={14} />
        Exactly what will be sent
      </summary>
      <JsonBlock
        label="The request"
        value={[line, JSON.stringify(rest, null, 2)].filter((part) => part && part !== '{}').join('\n')}
      />
    </details>
  )
}
