import { useMediaQuery } from '@mantine/hooks'

// What a closed row measures; near the truth, so that the scroll bar hardly moves.
const WIDE_PX = 41
const PHONE_PX = 63

/** How high a row is before it is measured. */
export function useRowHeight(): number {
  return useMediaQuery('(max-width: 48rem)', false, { getInitialValueInEffect: false }) ? PHONE_PX : WIDE_PX
}
