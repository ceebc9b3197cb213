// Queries and mutations of an import's operations; edits are optimistic and taken back where the server refuses.
import { queryOptions, useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { ApiError, request } from '../../../api/client'
import { applyEdit, replaceOperations, revertOperations } from './edits'
import type { Edit, Edited, Operation, Tried } from '../types'

const PAGE = 500 // what the server gives at most at once

interface Page {
  items: Operation[]
  next: string | null
}

/** All operations of an import, page by page. */
async function fetchOperations(id: string, signal: AbortSignal): Promise<Operation[]> {
  const all: Operation[] = []
  let cursor: string | null = null
  do {
    const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page: Page = await request<Page>('GET', `/openapi/jobs/${id}/classifications?limit=${PAGE}${from}`)
    all.push(...page.items)
    cursor = page.next
  } while (cursor !== null && !signal.aborted)
  return all
}

function operationsQuery(id: string) {
  return queryOptions({
    queryKey: ['imports', id, 'operations'],
    queryFn: ({ signal }) => fetchOperations(id, signal),
  })
}

export function useOperations(id: string, enabled = true) {
  return useQuery({ ...operationsQuery(id), enabled })
}

function change(queries: QueryClient, id: string, by: (known: Operation[]) => Operation[]): void {
  queries.setQueryData(operationsQuery(id).queryKey, (known) => known && by(known))
}

// Edits of one import run one after another, so that each knows the revision that the one before it made.
function scope(id: string) {
  return { mutationKey: ['edit', id], scope: { id: `edit ${id}` } }
}

async function showEdited(queries: QueryClient, id: string, idxs: readonly number[], edit: Edit) {
  const key = operationsQuery(id).queryKey
  await queries.cancelQueries({ queryKey: key })
  const before = queries.getQueryData(key)?.filter((operation) => idxs.includes(operation.idx)) ?? []
  change(queries, id, (known) => applyEdit(known, idxs, edit))
  return { before }
}

function settle(queries: QueryClient, id: string) {
  // Counts and revision of the import, and its agents, follow from its operations.
  void queries.invalidateQueries({ queryKey: ['imports', id], exact: true })
  void queries.invalidateQueries({ queryKey: ['imports', id, 'agents'] })
}

interface OneEdit {
  idx: number
  /** The state that the person saw and edited. */
  revision: number
  edit: Edit
}

/** Edit one operation: shown at once, taken back where the server refuses. */
export function useEditOne(id: string) {
  const queries = useQueryClient()
  return useMutation({
    ...scope(id),
    mutationFn: ({ idx, revision, edit }: OneEdit) =>
      request<Operation>('PUT', `/openapi/jobs/${id}/classifications/${idx}`, { revision, ...edit }),
    onMutate: ({ idx, edit }) => showEdited(queries, id, [idx], edit),
    onSuccess: (operation) => change(queries, id, (known) => replaceOperations(known, [operation])),
    onError: (error, _, shown) => {
      change(queries, id, (known) => revertOperations(known, shown?.before ?? []))
      const current = currentOf(error)
      if (current) change(queries, id, (known) => replaceOperations(known, [current]))
      else void queries.invalidateQueries({ queryKey: operationsQuery(id).queryKey })
    },
    onSettled: () => settle(queries, id),
  })
}

/** What stands there now, where somebody else edited an operation meanwhile. */
function currentOf(error: unknown): Operation | null {
  if (!(error instanceof ApiError) || error.code !== 'edited_meanwhile') return null
  return (error.details.current as Operation | undefined) ?? null
}

/** Edit many operations alike; those that the server refuses are named, the others are done. */
export function useEditMany(id: string) {
  const queries = useQueryClient()
  return useMutation({
    ...scope(id),
    mutationFn: ({ operations, edit }: { operations: readonly Operation[]; edit: Edit }) =>
      request<Edited>('POST', `/openapi/jobs/${id}/classifications/edit`, {
        items: operations.map(({ idx, revision }) => ({ idx, revision })),
        set: edit,
      }),
    onMutate: ({ operations, edit }) =>
      showEdited(
        queries,
        id,
        operations.map((operation) => operation.idx),
        edit,
      ),
    onSuccess: ({ changed, refused }, _, { before }) => {
      const idxs = new Set(refused.map((one) => one.idx))
      change(queries, id, (known) =>
        revertOperations(
          replaceOperations(known, changed),
          before.filter((operation) => idxs.has(operation.idx)),
        ),
      )
      if (refused.length > 0) void queries.invalidateQueries({ queryKey: operationsQuery(id).queryKey })
    },
    onError: (_error, _variables, shown) =>
      change(queries, id, (known) => revertOperations(known, shown?.before ?? [])),
    onSettled: () => settle(queries, id),
  })
}

/** Call a read once, to see what it gives. */
export function useTry(id: string, idx: number) {
  return useMutation({
    mutationFn: (args: Record<string, unknown>) =>
      request<Tried>('POST', `/openapi/jobs/${id}/classifications/${idx}/try`, { args }),
  })
}
