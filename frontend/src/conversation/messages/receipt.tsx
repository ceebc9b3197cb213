import type { ReactNode } from 'react'
import { AlertIcon, CheckIcon, ClockIcon, CrossIcon } from '../../components/icons'
import type { ReceiptLine } from '../../api/protocol.gen'
import { formatValue, humanize } from '../format'
import { readersLanguages, receiptWords } from '../receipt-words'
import type { ReceiptItem } from '../state'
import classes from './receipt.module.css'

const ICONS: Record<ReceiptLine['state'], ReactNode> = {
  succeeded: <CheckIcon size={15} />,
  failed: <AlertIcon size={15} />,
  rejected: <CrossIcon size={15} />,
  expired: <ClockIcon size={15} />,
  unknown: <AlertIcon size={15} />,
  waiting: <ClockIcon size={15} />,
}

/** What the record shows of a request, said by the product itself. Without a line it is one quiet sentence. */
export function Receipt({ item }: { item: ReceiptItem }) {
  const { lines = [], changed, language: customers } = item.receipt
  const { words, language, dir } = receiptWords(readersLanguages(customers))
  const sum = changed === 'yes' ? null : words.changed[changed]
  if (lines.length === 0) {
    return (
      <p className={classes.quiet} lang={language} dir={dir}>
        {sum}
      </p>
    )
  }
  return (
    <section className={classes.receipt} aria-label={words.title} lang={language} dir={dir}>
      <ul className={classes.lines}>
        {lines.map((line) => (
          <li key={line.call_id} className={classes.line} data-state={line.state}>
            <span className={classes.icon}>{ICONS[line.state]}</span>
            <span>
              {/* Reviewed in the language of the API, which need not be the customer's. */}
              <bdi>{line.title || humanize(line.tool)}</bdi> <Values args={line.args ?? {}} />
              <strong className={classes.state}>{words.states[line.state]}</strong>
            </span>
          </li>
        ))}
      </ul>
      {sum && <p className={classes.sum}>{sum}</p>}
    </section>
  )
}

function Values({ args }: { args: Record<string, unknown> }) {
  return Object.entries(args).map(([name, value]) => (
    <bdi key={name} className={classes.value}>
      {humanize(name)}: {formatValue(value)}
    </bdi>
  ))
}
