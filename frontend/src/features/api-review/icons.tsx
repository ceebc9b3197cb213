import { icon } from '../../components/icons'

export const ReadIcon = icon(
  <>
    <path d="M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12Z" />
    <circle cx="12" cy="12" r="2.800" />
  </>,
)
export const WriteIcon = icon(<path d="m4 20 1-4.500L16.500 4 20 7.500 8.500 19 4 20Zm10-13.500L17.500 10" />)
export const DestructiveIcon = icon(
  <path d="M4.500 6.500h15M9.500 6V4h5v2M6.500 6.500l.900 13.500h9.200l.900-13.500M10 10.500v6m4-6v6" />,
)
export const UploadIcon = icon(
  <path d="M12 15V4m-4 4 4-4 4 4M4.500 14.500V19a1 1 0 0 0 1 1h13a1 1 0 0 0 1-1v-4.500" />,
)
export const KeyIcon = icon(
  <>
    <circle cx="8" cy="15.500" r="4" />
    <path d="m11 12.500 8.500-8.500m-3 3 2.500 2.500m-5.500.500 2 2" />
  </>,
)
