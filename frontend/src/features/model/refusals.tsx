import { Button } from '@mantine/core'
import { useForgetRefusal, type ModelRefusal } from '../../api/model'
import { Time } from '../../components/time'
import { humanize } from '../../conversation/format'
import classes from './model.module.css'

/** What the model's provider has refused; nothing where it takes everything. */
export function Refusals({ refusals }: { refusals: ModelRefusal[] }) {
  if (refusals.length === 0) return null
  return (
    <section aria-labelledby="refused" className={classes.section}>
      <h2 id="refused" className={classes.heading}>
        Refused
      </h2>
      <p className={classes.lead}>
        The model’s provider refused this once, so requests go without it. It is forgotten when the address or
        the model changes.
      </p>
      <ul className={classes.list}>
        {refusals.map((refusal) => (
          <li key={`${refusal.model} ${refusal.feature}`}>
            <RefusalCard refusal={refusal} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What was refused, what that means, and the way to have it asked for again. */
function RefusalCard({ refusal }: { refusal: ModelRefusal }) {
  const forget = useForgetRefusal()
  return (
    <article className={classes.refusal} aria-label={`${humanize(refusal.feature)}: ${refusal.model}`}>
      <h3 className={classes.name}>{humanize(refusal.feature)}</h3>
      <p className={classes.advice}>{refusal.explanation}</p>
      <p className={classes.meta}>
        <code>{refusal.model}</code> · since <Time at={refusal.learned_at} />
      </p>
      {forget.isError && <p role="alert">{forget.error.message}</p>}
      <div className={classes.buttons}>
        <Button
          size="compact-sm"
          variant="default"
          loading={forget.isPending}
          title="The next request asks for it again"
          onClick={() => forget.mutate(refusal)}
        >
          Forget
        </Button>
      </div>
    </article>
  )
}
