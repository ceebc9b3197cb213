import { PersonIcon, ShieldIcon } from '../../../../components/icons'
import classes from './operations.module.css'
import { bySource } from '../sources'
import type { Operation } from '../../types'

/** Which values the customer gives, and which the server fills in from the verified identity. */
export function Sources({ operation }: { operation: Operation }) {
  const { customer, identity } = bySource(operation)
  if (customer.length + identity.length === 0) return <span className={classes.dimmed}>–</span>
  return (
    <>
      {customer.length > 0 && (
        <span className={classes.source} title="The customer says it in the chat">
          <PersonIcon size={14} /> <span className={classes.hidden}>From the customer: </span>
          {names(customer)}
        </span>
      )}
      {identity.length > 0 && (
        <span className={classes.source} title="Filled in by the server from the verified identity">
          <ShieldIcon size={14} /> <span className={classes.hidden}>From the verified identity: </span>
          {names(identity)}
        </span>
      )}
    </>
  )
}

function names(args: readonly { name: string }[]): string {
  return args.map((argument) => argument.name).join(', ')
}
