import { Time } from '../../components/time'
import classes from './message.module.css'
import { agentName } from '../format'
import { RichText } from './rich-text'
import type { AgentItem } from '../state'

/** What an agent says, as it says it. */
export function AgentMessage({ item }: { item: AgentItem }) {
  const name = agentName(item.agent)
  return (
    <article className={classes.agent} aria-label={name} aria-busy={item.live}>
      <div className={classes.speaker}>
        <span className={classes.name}>{name}</span>
        {item.at && <Time at={item.at} className={classes.time} />}
      </div>
      <div className={classes.text}>
        <RichText text={item.text} />
        {item.live && <span className={classes.caret} aria-hidden="true" />}
      </div>
    </article>
  )
}
