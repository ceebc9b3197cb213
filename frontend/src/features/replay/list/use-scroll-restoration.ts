// Scroll restoration of a box, per entry of the browser's history.
import { useLayoutEffect, useRef } from 'react'
import { useLocation } from 'react-router'

// By place in the browser's history: who comes back finds the list where they left it.
const positions = new Map<string, number>()

/** A box that scrolls, and is found again as it was left. */
export function useScrollRestoration() {
  const box = useRef<HTMLElement>(null)
  const { key } = useLocation()
  useLayoutEffect(() => {
    const scrolled = box.current
    if (!scrolled) return
    scrolled.scrollTop = positions.get(key) ?? scrolled.scrollTop
    const save = () => positions.set(key, scrolled.scrollTop)
    scrolled.addEventListener('scroll', save, { passive: true })
    return () => scrolled.removeEventListener('scroll', save)
  }, [key])
  return box
}
