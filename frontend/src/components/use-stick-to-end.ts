// Scroll anchoring at the end of a box that grows.
import { useCallback, useEffect, useRef, useState } from 'react'

const NEAR_PX = 60 // a line or two: who is this close to the end wants to stay there

/**
 * Keeps a scrolled box at its end while what is in it grows, unless its reader has gone further up. `begun`: there is
 * something whose end matters; before that a box is read from its top.
 */
export function useStickToEnd(begun: boolean) {
  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const stuck = useRef(true)
  const [atEnd, setAtEnd] = useState(true)

  const toEnd = useCallback(() => {
    stuck.current = true
    setAtEnd(true)
    box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [])

  useEffect(() => {
    const scrolled = box.current
    const grown = content.current
    if (!scrolled || !grown || !begun) return
    let height = scrolled.scrollHeight
    const onScroll = () => {
      // Growth moves the end away without anybody scrolling.
      if (scrolled.scrollHeight !== height) return
      stuck.current = scrolled.scrollHeight - scrolled.scrollTop - scrolled.clientHeight < NEAR_PX
      setAtEnd(stuck.current)
    }
    const observer = new ResizeObserver(() => {
      height = scrolled.scrollHeight
      if (stuck.current) scrolled.scrollTo({ top: height })
    })
    observer.observe(grown)
    observer.observe(scrolled)
    scrolled.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      observer.disconnect()
      scrolled.removeEventListener('scroll', onScroll)
    }
  }, [begun])

  return { box, content, atEnd, toEnd }
}
