// Icons that several pages use.
import type { ReactNode } from 'react'

/** A component that draws this path in the common style. */
export function icon(path: ReactNode) {
  return function Icon({ size = 18 }: { size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.9"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {path}
      </svg>
    )
  }
}

export const SendIcon = icon(<path d="M12 19V5m-6 6 6-6 6 6" />)
export const StopIcon = icon(<rect x="7" y="7" width="10" height="10" rx="1.5" fill="currentColor" />)
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />)
export const DownIcon = icon(<path d="M12 5v14m-6-6 6 6 6-6" />)
export const ChevronIcon = icon(<path d="m9 6 6 6-6 6" />)
export const CheckIcon = icon(<path d="m5 12.500 4.500 4.500L19 7.500" />)
export const CrossIcon = icon(<path d="M7 7l10 10M17 7 7 17" />)
export const AlertIcon = icon(
  <path d="M12 8v5m0 3.200v.1M10.300 4.200 2.900 17a2 2 0 0 0 1.700 3h14.800a2 2 0 0 0 1.700-3L13.700 4.200a2 2 0 0 0-3.400 0Z" />,
)
export const ShieldIcon = icon(
  <>
    <path d="M12 3 5 5.800v5.400c0 4.300 2.900 8 7 9.800 4.100-1.800 7-5.500 7-9.800V5.800Z" />
    <path d="m9 12 2.200 2.200L15.200 10" />
  </>,
)
export const PersonIcon = icon(
  <>
    <circle cx="12" cy="8" r="3.600" />
    <path d="M5 20c.6-3.700 3.400-5.800 7-5.800s6.400 2.100 7 5.800" />
  </>,
)
export const ClockIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.500" />
    <path d="M12 7.500V12l3 2" />
  </>,
)
export const SunIcon = icon(
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v1.500m0 15V21m9-9h-1.500m-15 0H3m15.400-6.400-1.100 1.100M6.700 17.300l-1.100 1.100m12.800 0-1.100-1.100M6.700 6.700 5.600 5.600" />
  </>,
)
export const MoonIcon = icon(
  <path d="M20 14.500A8.300 8.300 0 0 1 9.500 4a8.300 8.300 0 1 0 10.500 10.500Z" />,
)
export const SystemIcon = icon(
  <>
    <rect x="3.500" y="5" width="17" height="11.500" rx="2" />
    <path d="M9 20h6" />
  </>,
)
export const SearchIcon = icon(
  <>
    <circle cx="10.500" cy="10.500" r="6" />
    <path d="m15 15 5 5" />
  </>,
)
export const HelpIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.500" />
    <path d="M9.700 9.500a2.400 2.400 0 1 1 3.600 2.100c-.900.500-1.300 1-1.300 1.900m0 2.600v.1" />
  </>,
)
