import { useState } from 'react'
import { Bar, ConversationsLink, Name } from './cells'
import { count, show } from '../format'
import { PartTable, type Order, type Shown } from './part-table'
import classes from './part-table.module.css'
import type { ModelPart } from '../types'

/** What each model did and cost. */
export function ModelsTable({ models }: { models: readonly ModelPart[] }) {
  const [order, setOrder] = useState<Order>({ column: 'calls', direction: 'descending' })
  const most = Math.max(...models.map((model) => model.calls))
  const unpriced = models.filter((model) => model.unpriced > 0)
  return (
    <>
      <PartTable label="By model" columns={columnsOf(most)} rows={models} order={order} onOrder={setOrder} />
      {unpriced.length > 0 && (
        <p className={classes.note}>
          The price list does not know {unpriced.map((model) => model.name).join(', ')}: calls without a price
          count as free, so the cost shown is too low.
        </p>
      )}
    </>
  )
}

function columnsOf(most: number): Shown<ModelPart>[] {
  return [
    {
      key: 'name',
      title: 'Model',
      by: (model) => model.name,
      cell: (model) => <Name name={model.name} filter="model" />,
    },
    {
      key: 'calls',
      title: 'Calls',
      by: (model) => model.calls,
      cell: (model) => <Bar value={model.calls} most={most} />,
    },
    {
      key: 'in',
      title: 'Tokens read',
      by: (model) => model.tokens_in,
      cell: (model) => show(model.tokens_in, 'tokens'),
    },
    {
      key: 'out',
      title: 'Tokens written',
      by: (model) => model.tokens_out,
      cell: (model) => show(model.tokens_out, 'tokens'),
    },
    { key: 'cost', title: 'Cost', by: (model) => model.cost_usd, cell: (model) => <Cost model={model} /> },
    firstToken('first_token_p50_ms', 'First token, median'),
    firstToken('first_token_p95_ms', '19 of 20 within'),
  ]
}

function firstToken(key: 'first_token_p50_ms' | 'first_token_p95_ms', title: string): Shown<ModelPart> {
  return {
    key,
    title,
    by: (model) => model[key],
    cell: (model) => (
      <ConversationsLink
        filter={{ model: model.name, first_token: '1' }}
        number={model[key] === null ? 0 : model.calls}
      >
        {show(model[key], 'ms')}
      </ConversationsLink>
    ),
  }
}

function Cost({ model }: { model: ModelPart }) {
  if (model.unpriced === 0) return show(model.cost_usd, 'usd')
  if (model.unpriced === model.calls) return <span className={classes.few}>price unknown</span>
  return (
    <span className={classes.few} title={`${count(model.unpriced)} calls have no known price`}>
      at least {show(model.cost_usd, 'usd')}
    </span>
  )
}
