import { useLayoutEffect, useRef } from 'react'
import { useLocation } from 'react-router'

// By place in the browser's history: who comes back finds the list where they left it.
const kept = new Map<string, number>()

/** A box that scrolls, and is found again as it was left. */
export function useKeptScroll() {
  const box = useRef<HTMLElement>(null)
  const { key } = useLocation()
  useLayoutEffect(() => {
    const scrolled = box.current
    if (!scrolled) return
    scrolled.scrollTop = kept.get(key) ?? scrolled.scrollTop
    const keep = () => kept.set(key, scrolled.scrollTop)
    scrolled.addEventListener('scroll', keep, { passive: true })
    return () => scrolled.removeEventListener('scroll', keep)
  }, [key])
  return box
}
