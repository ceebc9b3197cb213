/** The head of a dialog is no second head of the page. */
export const HEAD = { header: { role: 'none' } }
