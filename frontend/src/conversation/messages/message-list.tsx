import { memo } from 'react'
import { AgentMessage } from './agent-message'
import { ApprovalCard } from '../approval/approval-card'
import { Clarification } from './clarification'
import { CustomerMessage } from './customer-message'
import classes from './message-list.module.css'
import { ErrorNotice, Notice } from './notice'
import { Receipt } from './receipt'
import type { Answer, CustomerItem, ErrorItem, Item } from '../state'
import { ToolLine } from './tool-line'

/** What a person can do with what stands in a conversation. */
export interface ConversationActions {
  send: (text: string) => void
  answer: (interruptId: string, answer: Answer) => void
  retry: (item: ErrorItem) => void
  sendAgain: (item: CustomerItem) => void
  dismiss: (key: string) => void
}

interface Props {
  items: readonly Item[]
  /** None where the conversation is only looked at. */
  actions: ConversationActions | null
}

/** A conversation, from its beginning to now. */
export function MessageList({ items, actions }: Props) {
  return (
    <ol className={classes.list}>
      {items.map((item) => (
        <li key={item.key} className={classes.item} data-kind={item.kind}>
          <ItemView item={item} actions={actions} />
        </li>
      ))}
    </ol>
  )
}

// The reducer replaces what changes and nothing else, so a long conversation is not drawn anew for each piece of text.
const ItemView = memo(function ItemView({ item, actions }: { item: Item; actions: Props['actions'] }) {
  switch (item.kind) {
    case 'customer':
      return <CustomerMessage item={item} onRetry={actions?.sendAgain} />
    case 'agent':
      return <AgentMessage item={item} />
    case 'tool':
      return <ToolLine item={item} />
    case 'approval':
      return (
        <ApprovalCard
          item={item}
          viewer="customer"
          onAnswer={actions ? (answer) => actions.answer(item.key, answer) : undefined}
        />
      )
    case 'clarification':
      return <Clarification item={item} onChoose={actions?.send} />
    case 'receipt':
      return <Receipt item={item} />
    case 'error':
      return <ErrorNotice item={item} onRetry={actions?.retry} onDismiss={actions?.dismiss} />
    case 'escalation':
    case 'stopped':
      return <Notice item={item} />
    default:
      item satisfies never
      return null
  }
})
