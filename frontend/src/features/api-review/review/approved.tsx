import { Link } from 'react-router'
import { DemoAside } from '../agents/demo-aside'
import { Time } from '../../../components/time'
import page from '../page.module.css'
import type { Job, Operation } from '../types'
import { count } from '../format'

/** Says that the tools are live, and how to try them. */
export function Approved({ job, operations }: { job: Job; operations: readonly Operation[] }) {
  const live = operations.filter((operation) => operation.enabled && operation.change !== 'removed')
  const example = exampleOf(live)
  return (
    <div className={page.success} role="status">
      <p>
        <strong>Approved.</strong> {count(live.length, 'tool is', 'tools are')} live
        {job.approved_at && (
          <>
            {' '}
            since <Time at={job.approved_at} />
          </>
        )}
        {job.approved_by && `, approved by ${job.approved_by}`}. The next chat message can use{' '}
        {live.length === 1 ? 'it' : 'them'}.
      </p>
      <p>
        <Link to="/">Open the chat</Link>
        {example && <> and write, for example: “{example}”</>}
      </p>
      <DemoAside />
    </div>
  )
}

/** Something to write that needs nothing but itself: a read that asks for no values comes first. */
function exampleOf(live: readonly Operation[]): string | undefined {
  const asks = (operation: Operation) =>
    operation.arguments.filter((argument) => argument.required && !(argument.name in operation.bound)).length
  const reads = live.filter((operation) => operation.access === 'read')
  return [...(reads.length > 0 ? reads : live)].sort((one, other) => asks(one) - asks(other))[0]?.title
}
