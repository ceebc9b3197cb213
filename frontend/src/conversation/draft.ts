import type { ApprovalItem, ErrorItem, Item, Retry, Story, ToolItem } from './state'

// A story while it is being told; nobody else sees it. Items are replaced, never changed.
export type Draft = { -readonly [K in keyof Story]: Story[K] } & { items: Item[]; sealed: Set<string> }

export function sameRetry(one: Retry, other: Retry | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

export function withdrawRetries(draft: Draft, which: (item: ErrorItem) => boolean): void {
  for (const item of draft.items) {
    if (item.kind === 'error' && item.retry && which(item)) replace(draft, item, { ...item, retry: null })
  }
}

export function closeQuestions(draft: Draft): void {
  for (const item of draft.items) {
    if (item.kind === 'clarification' && item.open) replace(draft, item, { ...item, open: false })
  }
}

export function closeCalls(draft: Draft): void {
  for (const item of draft.items) {
    if (item.kind === 'tool' && item.state === 'running') {
      replace(draft, item, { ...item, state: 'interrupted' })
    }
  }
}

export function findCall(draft: Draft, callId: string | undefined): ToolItem | undefined {
  return draft.items.findLast((item): item is ToolItem => item.kind === 'tool' && item.key === callId)
}

export function findApproval(draft: Draft, id: string): ApprovalItem | undefined {
  return draft.items.findLast((item): item is ApprovalItem => item.kind === 'approval' && item.key === id)
}

export function changeApproval(draft: Draft, id: string, change: Partial<ApprovalItem>): void {
  const approval = findApproval(draft, id)
  if (approval) replace(draft, approval, { ...approval, ...change })
}

export function replace(draft: Draft, old: Item, next: Item): void {
  draft.items[draft.items.lastIndexOf(old)] = next
}
