// The server's own limits, from its protocol; checked here so that nobody writes in vain.
export const MAX_CONTENT_CHARS = 10_000
export const MAX_COMMENT_CHARS = 2_000
/** A frame may be 32 KB; the rest is its envelope. */
export const MAX_CONTENT_BYTES = 31 * 1024
/** An API's document may be 10 MB; the server counts while reading. */
export const MAX_DOCUMENT_BYTES = 10 * 1024 * 1024
