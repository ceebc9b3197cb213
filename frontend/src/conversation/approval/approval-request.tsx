import { ChevronIcon } from '../../components/icons'
import { JsonBlock } from '../../components/json-block'
import classes from './approval-card.module.css'
import type { ApprovalItem } from '../state'

const LABELS: Record<ApprovalItem['state'], string> = {
  pending: 'Exactly what will be sent',
  approved: 'Exactly what was approved',
  rejected: 'What would have been sent',
  edited: 'What would have been sent',
  expired: 'What would have been sent',
}

interface Props {
  request: Record<string, unknown>
  state: ApprovalItem['state']
}

/** The request itself, for those who want to see it. */
export function ApprovalRequest({ request, state }: Props) {
  const { method, url, ...rest } = request
  const line = [method, url].filter((part) => typeof part === 'string').join(' ')
  return (
    <details className={classes.raw}>
      <summary>
        <ChevronIcon size={14} />
        {LABELS[state]}
      </summary>
      <JsonBlock
        label="The request"
        value={[line, JSON.stringify(rest, null, 2)].filter((part) => part && part !== '{}').join('\n')}
      />
    </details>
  )
}
