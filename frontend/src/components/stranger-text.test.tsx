import { screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { show } from '../testing/render'
import { mixesAlphabets, piecesOf } from './shown-text'
import { StrangerText } from './stranger-text'

describe('what cannot be seen', () => {
  it('is shown by its number: an order that is reversed, a space without width, a control', () => {
    expect(piecesOf('99 $\u202e rebmun7')).toEqual([
      { text: '99 $' },
      { hidden: 'U+202E', name: 'reverses the order of what follows' },
      { text: ' rebmun7' },
    ])
    expect(piecesOf('a\u200bb\u0007').filter((piece) => 'hidden' in piece)).toHaveLength(2)
  })

  it('is not what every text has, nor what joins a picture', () => {
    for (const text of ['Zeile 1\nZeile 2\t3', 'café', '日本語', 'שלום', '👩‍💻 and 👍🏽', '❤️‍🔥'])
      expect(piecesOf(text)).toEqual([{ text }])
    expect(piecesOf('pay\u200dpal')).toHaveLength(3)
  })
})

describe('letters that look alike', () => {
  it('are told of where one word mixes alphabets', () => {
    expect(mixesAlphabets('p\u0430ypal')).toBe(true)
    expect(mixesAlphabets('PayPal и карта')).toBe(false)
  })
})

describe('a text of a stranger', () => {
  it('stands in its own direction, with a warning where it hides something', () => {
    show(<StrangerText text={'7number \u202e99 $'} label="Amount" />)
    expect(screen.getByText('U+202E')).toHaveAttribute('title', 'reverses the order of what follows')
    expect(screen.getByText(/cannot be seen/)).toBeVisible()
    expect(screen.getByText('U+202E').closest('bdi')).not.toBeNull()
  })

  it('that is long is shown in part, and whole when it is asked for', async () => {
    const { user } = show(<StrangerText text={`Please.${'\n'.repeat(60)}Amount: 9,999`} label="Note" />)
    expect(screen.queryByText(/9,999/)).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Show all 80 characters of Note' }))
    expect(screen.getByText(/9,999/)).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Show less of Note' }))
    expect(screen.queryByText(/9,999/)).toBeNull()
  })
})
