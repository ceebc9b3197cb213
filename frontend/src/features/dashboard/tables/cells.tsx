// Cells that the tables share.
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { humanize } from '../../../conversation/format'
import { count, percent } from '../format'
import { conversationsPath } from '../links'
import classes from './part-table.module.css'
import { useShown } from '../range-context'

/** A name that leads to its conversations. A model's is shown as it is. */
export function Name({ name, filter }: { name: string; filter: 'agent' | 'tool' | 'model' }) {
  const { range } = useShown()
  return (
    <Link to={conversationsPath({ [filter]: name }, range)} title={name}>
      {filter === 'model' ? name : humanize(name)}
    </Link>
  )
}

interface LeadsProps {
  filter: Record<string, string>
  /** How many it counts: none lead nowhere. */
  number: number
  children: ReactNode
}

/** What is about only some of a row's conversations, and leads to those. */
export function ConversationsLink({ filter, number, children }: LeadsProps) {
  const { range } = useShown()
  if (number === 0) return children
  return (
    <Link to={conversationsPath(filter, range)} className={classes.leads}>
      {children}
      <span className={classes.hidden}>. Show the conversations</span>
    </Link>
  )
}

interface BarProps {
  value: number
  most: number
  /** The number, where it leads somewhere. */
  children?: ReactNode
}

/** A number with a bar beside it, as long as its part of the largest. */
export function Bar({ value, most, children = count(value) }: BarProps) {
  return (
    <span className={classes.barred}>
      <span className={classes.track} aria-hidden="true">
        <span style={{ width: `${most > 0 ? (value / most) * 100 : 0}%` }} />
      </span>
      {children}
    </span>
  )
}

/** A share; of few it is told as what it is. */
export function Share({ part, of, few }: { part: number; of: number; few: boolean }) {
  if (of === 0) return <span className={classes.none}>–</span>
  if (few) {
    return (
      <span className={classes.few}>
        {count(part)} of {count(of)}
      </span>
    )
  }
  return <span title={`${count(part)} of ${count(of)}`}>{percent((part / of) * 100)}</span>
}

/** A value that is made of few. */
export function SampleValue({ text, few }: { text: string; few: boolean }) {
  return (
    <span className={few ? classes.few : undefined} title={few ? 'Made of few: it says little' : undefined}>
      {text}
      {few && <span className={classes.hidden}> (of few)</span>}
    </span>
  )
}
