import type { ReactNode } from 'react'
import { JsonBlock } from '../../../components/json-block'
import classes from './titled-json.module.css'

/** What the part of a step's details below it is. */
export function BlockTitle({ children }: { children: ReactNode }) {
  return <h2 className={classes.blockTitle}>{children}</h2>
}

interface Props {
  title: string
  /** The number of the step, so that no two blocks on the page have the same name. */
  seq: number
  value: unknown
}

/** A value as JSON, under a title. */
export function TitledJson({ title, seq, value }: Props) {
  return (
    <>
      <BlockTitle>{title}</BlockTitle>
      <JsonBlock label={`${title}, step ${seq}`} value={value} />
    </>
  )
}
