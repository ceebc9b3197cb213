// Mutations that redact and delete a conversation.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { request } from '../../../api/client'

/** Take a customer's words out of a conversation; everything that is known of it is asked for anew. */
export function useRedact(threadId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (reason: string) => request('POST', `/replay/${threadId}/redact`, { reason }),
    onSuccess: async () => {
      // The same numbers, other words: nothing that was loaded may stay.
      queries.removeQueries({ queryKey: ['replay', threadId, 'steps'] })
      void queries.invalidateQueries({ queryKey: ['conversations'] })
      await queries.invalidateQueries({ queryKey: ['replay', threadId] })
    },
  })
}

/** Delete a conversation with everything in it. */
export function useDelete(threadId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => request('DELETE', `/conversations/${threadId}`),
    onSuccess: () => {
      queries.removeQueries({ queryKey: ['conversations'] })
    },
  })
}
