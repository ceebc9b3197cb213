import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type RefObject } from 'react'
import { barOf, firstOf, pageOf, pagesAround, waitedOf, type Slots } from '../pages'
import { Problem } from '../problem'
import { useSteps } from '../queries'
import classes from './step-list.module.css'
import { StepRow, type StepActions } from './step-row'
import type { TimelineState } from './timeline-state'
import type { Step } from '../types'
import { useRowHeight } from './use-row-height'

const BEYOND = 12 // rows beyond the edge, so that a fast scroll shows no gap
const NEAR_PX = 80 // who is this close to the end of a live conversation wants to stay there

interface Props {
  threadId: string
  last: number
  live: boolean
  place: TimelineState
  raw: boolean
  actions: StepActions
  /** Told with each drawing: how a step that is loaded is found by its number. */
  onSteps: (find: (seq: number) => Step | null) => void
}

/** The rows of a timeline; only those in sight are in the page, and only the pages around them are loaded. */
export function StepList({ threadId, last, live, place, raw, actions, onSteps }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const height = useRowHeight()
  const virtual = useStepVirtualizer(box, place.cursor, last, height)
  const rows = virtual.getVirtualItems()
  const from = (rows[0]?.index ?? 0) + 1
  const to = (rows.at(-1)?.index ?? 0) + 1
  const { pages, problem, retry } = useSteps(threadId, pagesAround(from, to, last), last)
  const slots = [...pages.values()]

  useEffect(() => onSteps((seq) => stepIn(pages, seq) ?? null))

  useJumps(virtual, box, place)
  useLiveEnd(virtual, box, last, live)

  return (
    <>
      {problem && <Problem onRetry={retry}>{problem.message}</Problem>}
      <div ref={box} className={classes.scroller} data-testid="timeline">
        <ol className={classes.steps} aria-label="Steps" style={{ height: virtual.getTotalSize() }}>
          {rows.map((row) => {
            const seq = row.index + 1
            const step = stepIn(pages, seq)
            return (
              <li
                key={row.key}
                ref={virtual.measureElement}
                data-index={row.index}
                className={classes.place}
                aria-posinset={seq}
                aria-setsize={last}
                style={{ transform: `translateY(${row.start}px)` }}
              >
                {step && (
                  <StepRow
                    step={step}
                    {...measures(step, slots)}
                    current={place.cursor === seq}
                    open={place.open.has(seq)}
                    raw={raw}
                    actions={actions}
                  />
                )}
                {step === undefined && <WaitingRow height={height} />}
              </li>
            )
          })}
        </ol>
      </div>
    </>
  )
}

function WaitingRow({ height }: { height: number }) {
  return <div className={classes.waiting} style={{ height }} aria-hidden="true" />
}

type Virtual = Virtualizer<HTMLDivElement, Element>
type Box = RefObject<HTMLDivElement | null>

function useStepVirtualizer(box: Box, cursor: number, last: number, height: number): Virtual {
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are called in the list only, never memoised
  return useVirtualizer({
    count: last,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    initialOffset: Math.max(0, (cursor - 4) * height),
    overscan: BEYOND,
    // A step that was jumped to shows what came right before it.
    scrollPaddingStart: 2 * height,
    scrollPaddingEnd: height,
  })
}

/** Follow the jumps of the keyboard: bring the step into sight and put the focus on it. */
function useJumps(virtual: Virtual, box: Box, place: TimelineState): void {
  useEffect(() => {
    if (place.jumps === 0) return
    virtual.scrollToIndex(place.cursor - 1, { align: place.align })
    // The row may only come into the page with the scrolling.
    let frames = 0
    let frame = requestAnimationFrame(function focus() {
      const line = box.current?.querySelector<HTMLElement>(`[data-line="${place.cursor}"]`)
      if (line) line.focus({ preventScroll: true })
      else if (frames++ < 30) frame = requestAnimationFrame(focus)
    })
    return () => cancelAnimationFrame(frame)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- it goes where the reader went, not where rows moved
  }, [place.jumps])
}

/** Who watches the end of a live conversation goes on watching it. */
function useLiveEnd(virtual: Virtual, box: Box, last: number, live: boolean): void {
  const atEnd = useRef(false)
  useEffect(() => {
    const scrolled = box.current
    if (!scrolled) return
    const update = () => {
      atEnd.current = scrolled.scrollHeight - scrolled.scrollTop - scrolled.clientHeight < NEAR_PX
    }
    update()
    scrolled.addEventListener('scroll', update, { passive: true })
    return () => scrolled.removeEventListener('scroll', update)
  }, [box])
  useEffect(() => {
    if (live && atEnd.current) virtual.scrollToIndex(last - 1, { align: 'end' })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only what is new moves it
  }, [last, live])
}

/** A step by its number; null where there is none, undefined where it has not come yet. */
function stepIn(pages: ReadonlyMap<number, Slots>, seq: number): Step | null | undefined {
  const page = pageOf(seq)
  return pages.get(page)?.[seq - firstOf(page)]
}

// Plain numbers, so that a row is not drawn anew for the same bar.
function measures(step: Step, slots: readonly Slots[]) {
  const bar = barOf(step, slots)
  return { left: bar?.left ?? null, width: bar?.width ?? 0, waited: waitedOf(step, slots) }
}
