import type { Session } from '../../api/session'
import { Logo } from '../../components/logo'
import classes from './chat.module.css'

/** What a new conversation begins with: who is there, and what can be asked. */
export function Welcome({ session, onAsk }: { session: Session; onAsk: (text: string) => void }) {
  return (
    <section className={classes.welcome} aria-labelledby="greeting">
      <Logo size={44} />
      <h2 id="greeting" className={classes.greeting}>
        {session.greeting}
      </h2>
      <p className={classes.lead}>Nothing is changed without your approval.</p>
      <ul className={classes.examples} aria-label="Examples">
        {session.examples.map((example) => (
          <li key={example}>
            <button type="button" className={classes.example} onClick={() => onAsk(example)}>
              {example}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
