import { Button } from '@mantine/core'
import { JsonBlock } from '../../components/json-block'
import { Time } from '../../components/time'
import classes from './approvals.module.css'
import { useEvidence } from './queries'

/** What the target says now, by the read that shows what the action would change. */
export function EvidenceBox({ id }: { id: string }) {
  const query = useEvidence(id)
  const evidence = query.data
  return (
    <section className={classes.box} aria-label="What the target says now">
      <h3 className={classes.name}>What the target says now</h3>
      {query.isPending && <p className={classes.meta}>It is being asked…</p>}
      {query.isError && (
        <p role="alert" className={classes.problem}>
          {query.error.message}
        </p>
      )}
      {evidence && evidence.tool === null && (
        <p className={classes.meta}>There is no read that shows what this would change.</p>
      )}
      {evidence && evidence.tool !== null && (
        <>
          <p className={classes.meta}>
            {evidence.title}, at <Time at={evidence.at} />
          </p>
          <p className={evidence.ok ? undefined : classes.problem}>{evidence.summary}</p>
          {evidence.data != null && <JsonBlock label="The target's answer" value={evidence.data} />}
        </>
      )}
      {!query.isPending && evidence?.tool !== null && (
        <Button
          size="compact-sm"
          variant="default"
          loading={query.isFetching}
          onClick={() => void query.refetch()}
        >
          Look again
        </Button>
      )}
    </section>
  )
}
