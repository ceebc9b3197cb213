import { MantineProvider } from '@mantine/core'
import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { Receipt as ReceiptFrame } from '../../api/protocol.gen'
import { Receipt } from './receipt'

const show = (more: Partial<ReceiptFrame>) =>
  render(
    <MantineProvider>
      <Receipt
        item={{
          kind: 'receipt',
          key: 'receipt-r1',
          at: null,
          receipt: {
            type: 'receipt',
            thread_id: 't1',
            run_id: 'r1',
            changed: 'no',
            lines: [],
            language: '',
            ...more,
          },
        }}
      />
    </MantineProvider>,
  )

const line = { call_id: 'c1', tool: 'cancel_order', title: 'Cancel an order', args: { order_id: '1042' } }

it('names what was to be done, about what, and how it stands, in the language of the customer', () => {
  show({ language: 'de', lines: [{ ...line, state: 'rejected' }] })
  const receipt = screen.getByRole('region', { name: 'Festgehalten' })
  expect(receipt).toHaveAttribute('lang', 'de')
  expect(receipt).toHaveTextContent('Cancel an order Order id: 1042nicht erledigt: abgelehnt')
  expect(receipt).toHaveTextContent('Es wurde nichts geändert.')
})

it('is one quiet sentence where nothing was called, in the language of the browser where the words do not tell', () => {
  show({})
  expect(screen.getByText('Nothing was changed.')).toHaveAttribute('lang', 'en')
  expect(screen.queryByRole('region')).toBeNull()
})

it('is written from right to left where the language is', () => {
  show({ language: 'ar' })
  expect(screen.getByText('لم يتغيّر أي شيء.')).toHaveAttribute('dir', 'rtl')
})
