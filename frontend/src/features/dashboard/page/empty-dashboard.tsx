import { Link } from 'react-router'
import classes from './dashboard.module.css'

/** The page before the first conversation: what will be here, and how to get it. */
export function EmptyDashboard() {
  return (
    <section className={classes.empty} aria-labelledby="nothing-yet">
      <h2 id="nothing-yet">There are no conversations yet</h2>
      <p>As soon as customers write, this page shows, live:</p>
      <ul>
        <li>
          how many conversations were resolved, without anybody&rsquo;s help, and how many were handed over;
        </li>
        <li>what agents did: proposed, approved, rejected, failed, and how long decisions took;</li>
        <li>how fast and how reliable each tool and each model is;</li>
        <li>what a conversation and a resolution cost, and how satisfied customers are.</li>
      </ul>
      <p>Every figure comes with its formula and leads to the conversations behind it.</p>
      <h3>How to get there</h3>
      <ul>
        <li>
          <Link to="/">Start a conversation</Link>: the figures move while you chat.
        </li>
        <li>
          To look around first, run <code>make demo</code>: it writes a quarter of an invented shop&rsquo;s
          support. <code>make demo SEED=&quot;--remove&quot;</code> takes all of it away again.
        </li>
      </ul>
    </section>
  )
}
