import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import { GroupRow } from './group-row'
import { OperationRow } from './operation-row'
import classes from './operations.module.css'
import { TableHead } from './table-head'
import type { ReviewView } from '../view/use-review'

// Guesses until a line is measured; near the truth, so that the scroll bar hardly moves.
const GROUP_PX = 52
const LINE_PX = 66
const BEYOND = 8 // lines beyond the edge, so that a fast scroll shows no gap

/** The list of operations; only what is in sight is in the page, so that a thousand scroll as smoothly as ten. */
export function OperationsTable({ view, jump }: { view: ReviewView; jump: number }) {
  const { rows, selection } = view
  const body = useRef<HTMLDivElement>(null)
  const margin = useOffsetInPage(body)
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are called here only, never memoised
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => document.getElementById('main'),
    estimateSize: (index) => (rows[index]?.kind === 'group' ? GROUP_PX : LINE_PX),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: BEYOND,
    scrollMargin: margin,
    scrollPaddingStart: 48,
    scrollPaddingEnd: 96,
  })

  const at = rows.findIndex((row) => row.kind === 'operation' && row.operation.idx === selection.cursor)
  useJump(virtual, body, at, jump)

  return (
    <div
      role="grid"
      aria-label="Operations"
      aria-rowcount={rows.length + 1}
      aria-multiselectable="true"
      className={classes.table}
    >
      <TableHead view={view} />
      <div ref={body} role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]
          if (!row) return null
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              role="presentation"
              className={classes.place}
              style={{ transform: `translateY(${item.start - margin}px)` }}
            >
              {row.kind === 'group' ? (
                <GroupRow row={row} view={view} index={item.index + 2} />
              ) : (
                <OperationRow operation={row.operation} view={view} index={item.index + 2} />
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** How far below the top of the page's scrolled part a list begins, in pixels. */
function useOffsetInPage(body: RefObject<HTMLElement | null>): number {
  const [margin, setMargin] = useState(0)
  // What stands above the list grows and shrinks with filters, banners and the window.
  useLayoutEffect(() => {
    const list = body.current
    const page = document.getElementById('main')
    if (!list || !page) return
    const measure = () =>
      setMargin(list.getBoundingClientRect().top - page.getBoundingClientRect().top + page.scrollTop)
    measure()
    const observer = new ResizeObserver(measure)
    if (page.firstElementChild) observer.observe(page.firstElementChild)
    return () => observer.disconnect()
  }, [body])
  return margin
}

/** Whenever `jump` is counted up, bring the line into sight and put the focus on it. */
function useJump(
  virtual: Virtualizer<HTMLElement, Element>,
  body: RefObject<HTMLElement | null>,
  at: number,
  jump: number,
): void {
  useEffect(() => {
    if (jump === 0 || at < 0) return
    virtual.scrollToIndex(at, { align: 'auto' })
    const focus = (): void =>
      body.current?.querySelector<HTMLElement>(`[aria-rowindex="${at + 2}"]`)?.focus({ preventScroll: true })
    // At once, so that the next key of somebody who types fast is the line's; and a frame later, since the line may
    // only come into the page with the scrolling, and a panel that closes still holds the focus until then.
    focus()
    const frame = requestAnimationFrame(focus)
    return () => cancelAnimationFrame(frame)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- it goes where the keyboard went, not where lines moved
  }, [jump])
}
