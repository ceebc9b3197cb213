// Live update of the query cache: a step that has just happened becomes part of what was loaded before.
import type { QueryClient } from '@tanstack/react-query'
import { markOf } from '../frames/frames'
import { STEPS_PER_PAGE } from '../limits'
import { firstOf, slotsOf, type Slots } from '../pages'
import { stepsQuery } from '../queries'
import type { Replay, Step } from '../types'

/** Take in a step that has just happened. */
export function appendStep(queries: QueryClient, threadId: string, step: Step): void {
  const known = queries.getQueryData<Replay>(['replay', threadId])
  if (!known || step.seq <= known.last) return
  const page = Math.floor((step.seq - 1) / STEPS_PER_PAGE)
  const before = queries.getQueryData<Slots>(stepsQuery(threadId, page, known.last).queryKey)
  const { queryKey } = stepsQuery(threadId, page, step.seq)
  // A page that nobody has looked at is asked for when somebody does.
  if (firstOf(page) > known.last) queries.setQueryData(queryKey, slotsOf([step], page, step.seq))
  else if (before)
    queries.setQueryData(queryKey, slotsOf([...before.filter((one) => one !== null), step], page, step.seq))
  const mark = markOf(step)
  queries.setQueryData<Replay>(['replay', threadId], {
    ...known,
    last: step.seq,
    marks: mark ? [...known.marks, mark] : known.marks,
  })
}
