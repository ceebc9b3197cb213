// Limits of the replay, each with its reason.
/** Conversations per page of the list: two screens, quick to draw. */
export const ROWS_PER_PAGE = 30
/** How long a typist may pause before the search begins. */
export const TYPING_MS = 250
/** Steps per page of the timeline; a screen shows a tenth of it. */
export const STEPS_PER_PAGE = 200
/** How long watching waits before it tries again where the server refused it. */
export const WATCH_AGAIN_MS = 3000
/** The newest messages that are drawn while playing; who wants to see older ones scrubs back. */
export const PLAYED_ITEMS = 120
