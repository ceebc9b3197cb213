import type { Described } from './document-server'

// An API of parcels, as far as a test needs it.
export const LIST: Described = {
  method: 'get',
  path: '/parcels',
  summary: 'List the parcels',
  id: 'list_parcels',
}
export const SHOW: Described = {
  method: 'get',
  path: '/parcels/{id}',
  summary: 'Show a parcel',
  id: 'get_parcel',
}
export const STOP: Described = {
  method: 'post',
  path: '/parcels/{id}/stop',
  summary: 'Stop a parcel',
  id: 'stop_parcel',
}
export const DROP: Described = {
  method: 'delete',
  path: '/parcels/{id}',
  summary: 'Delete a parcel',
  id: 'delete_parcel',
}

/** So many operations, reads and writes by turns. */
export function many(count: number): Described[] {
  return Array.from({ length: count }, (_, index) => {
    const read = index % 2 === 0
    return {
      method: read ? 'get' : 'put',
      path: `/halls/{hall}/shelves/${index}`,
      summary: `${read ? 'Show' : 'Move'} shelf ${index}`,
      id: `${read ? 'get' : 'move'}_shelf_${index}`,
    }
  })
}
