import { icon } from '../../components/icons'

export const StarIcon = icon(
  <path d="m12 4 2.400 5 5.400.700-4 3.800 1 5.500-4.800-2.700L7.200 19l1-5.500-4-3.800 5.400-.700Z" />,
)
export const PlayIcon = icon(<path d="M8 5.500v13l10.500-6.500Z" fill="currentColor" />)
export const PauseIcon = icon(<path d="M9 6v12M15 6v12" strokeWidth="3.500" />)
export const NextIcon = icon(<path d="M6 6v12l8-6ZM17.500 6v12" />)
export const BackIcon = icon(<path d="M18 6v12l-8-6ZM6.500 6v12" />)
export const RouteIcon = icon(
  <>
    <circle cx="6" cy="18" r="2.300" />
    <circle cx="18" cy="6" r="2.300" />
    <path d="M8.300 18h6.200a3.500 3.500 0 0 0 0-7h-5a3.500 3.500 0 0 1 0-5h6.200" />
  </>,
)
export const ModelIcon = icon(
  <path d="M12 3.500 13.900 9l5.600 2-5.600 2L12 18.500 10.100 13l-5.600-2 5.600-2ZM19 16.500v4m-2-2h4" />,
)
export const ToolIcon = icon(
  <path d="M14.500 6.500a4 4 0 0 1 5-1l-2.700 2.700 1 2 2.200.6 1-1.200a4 4 0 0 1-5.400 3.700L9 20a2.100 2.100 0 0 1-3-3l6.700-6.600a4 4 0 0 1 1.800-3.900Z" />,
)
export const SpeechIcon = icon(<path d="M4.500 5.500h15v10.500h-8L7 19.500V16H4.500Z" />)
export const FlagIcon = icon(<path d="M6 21V4m0 1h11l-2.500 4L17 13H6" />)
export const LinkIcon = icon(
  <path d="M10 14a4 4 0 0 0 5.700 0l3-3A4 4 0 0 0 13 5.300l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1" />,
)
export const CopyIcon = icon(
  <>
    <rect x="8.500" y="8.500" width="11" height="11" rx="2" />
    <path d="M15.500 5.500v-1h-11v11h1" />
  </>,
)
export const MoreIcon = icon(<path d="M12 4v10m-4-4 4 4 4-4M5 19.500h14" />)
