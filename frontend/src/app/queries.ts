import { noop } from '@tanstack/react-query'
import { makeQueryClient } from '../api/query-client'
import { sessionQuery } from '../api/session'

/** What the pages know of the server. Who we are is asked first of all, while the page's own code is on its way. */
export const queries = makeQueryClient()
void queries.query(sessionQuery).catch(noop) // what goes wrong is said by the page that asks again
