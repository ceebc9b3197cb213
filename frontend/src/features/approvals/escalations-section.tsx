import { Button } from '@mantine/core'
import type { components } from '../../api/schema.gen'
import { Time } from '../../components/time'
import classes from './approvals.module.css'
import { useEscalations, useRetryDelivery, type Delivery, type Escalation } from './queries'
import { Section } from './section'

/** Conversations that were handed to a person, and whether the webhooks about them arrived. */
export function EscalationsSection() {
  const query = useEscalations()
  return (
    <Section
      title="Handed over to a person"
      query={query}
      count={(pages) => itemsOf(pages).length + deadOf(pages).length}
      empty="No conversation has been handed over."
    >
      {(pages) => (
        <>
          <DeadLetters dead={deadOf(pages)} />
          <ul className={classes.list}>
            {itemsOf(pages).map((escalation) => (
              <li key={escalation.thread_id}>
                <HandOver escalation={escalation} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  )
}

type Page = components['schemas']['Escalations']

function itemsOf(pages: readonly Page[]): Escalation[] {
  return pages.flatMap((page) => page.items)
}

// Every page says the same of them.
function deadOf(pages: readonly Page[]): Delivery[] {
  return pages[0]?.dead_letters ?? []
}

function DeadLetters({ dead }: { dead: readonly Delivery[] }) {
  if (dead.length === 0) return null
  return (
    <div className={classes.dead} role="group" aria-label="Dead letters">
      <h3 className={classes.name}>Not delivered</h3>
      <p>These webhooks were given up after every attempt failed.</p>
      <ul className={classes.list}>
        {dead.map((delivery) => (
          <li key={delivery.id}>
            <DeadLetter delivery={delivery} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function HandOver({ escalation }: { escalation: Escalation }) {
  return (
    <article className={classes.card} aria-label={escalation.reason}>
      <h3 className={classes.name}>{escalation.reason}</h3>
      <p className={classes.meta}>
        <Time at={escalation.escalated_at} /> · conversation <code>{escalation.thread_id}</code> ·{' '}
        {escalation.status}
      </p>
      <ul className={classes.deliveries}>
        {escalation.deliveries.length === 0 && (
          <li>No webhook is set up, so nobody was told automatically.</li>
        )}
        {escalation.deliveries.map((delivery) => (
          <li key={delivery.id} data-status={delivery.status}>
            {describeDelivery(delivery)}
          </li>
        ))}
      </ul>
    </article>
  )
}

function DeadLetter({ delivery }: { delivery: Delivery }) {
  const retry = useRetryDelivery()
  return (
    <div className={classes.letter}>
      <span>
        {delivery.thread_id === null ? (
          'Alert of a model'
        ) : (
          <>
            Conversation <code>{delivery.thread_id}</code>
          </>
        )}
        : {describeDelivery(delivery)}
        {retry.isError && <span role="alert"> {retry.error.message}</span>}
      </span>
      <Button
        size="compact-sm"
        variant="default"
        loading={retry.isPending}
        onClick={() => retry.mutate(delivery.id)}
      >
        Send again
      </Button>
    </div>
  )
}

function describeDelivery(delivery: Delivery): string {
  const tries = delivery.attempts === 1 ? '1 attempt' : `${delivery.attempts} attempts`
  const why =
    delivery.last_error ?? (delivery.last_status ? `the receiver answered ${delivery.last_status}` : '')
  switch (delivery.status) {
    case 'delivered':
      return `Webhook delivered (${tries}).`
    case 'dead':
      return `Webhook given up after ${tries}${why && `: ${why}`}.`
    case 'waiting':
      return delivery.attempts === 0
        ? 'Webhook is on its way.'
        : `Webhook will be tried again (${tries} so far${why && `: ${why}`}).`
  }
}
