import { act, screen } from '@testing-library/react'
import { useState } from 'react'
import { describe, expect, it } from 'vitest'
import { show } from '../testing/render'
import { ShowMore } from './show-more'

/** A list of three pages whose next page comes when the test lets it come. */
function paged() {
  const asked = { times: 0, arrive: () => {} }
  function List() {
    const [page, setPage] = useState(1)
    const [isFetchingNextPage, setFetching] = useState(false)
    const fetchNextPage = () => {
      asked.times += 1
      setFetching(true)
      asked.arrive = () => {
        setPage(page + 1)
        setFetching(false)
      }
    }
    return <ShowMore query={{ hasNextPage: page < 3, isFetchingNextPage, fetchNextPage }} />
  }
  return { asked, List }
}

describe('the way to the rest of a list', () => {
  it('asks once, however often it is used while the answer is on its way, and keeps the focus', async () => {
    const { asked, List } = paged()
    const { user } = show(<List />)
    await user.click(screen.getByRole('button', { name: 'Show more' }))
    await user.click(screen.getByRole('button', { name: 'Loading…' }))
    await user.keyboard('{Enter}')
    expect(asked.times).toBe(1)
    expect(screen.getByRole('button', { name: 'Loading…' })).toHaveFocus()
    act(() => asked.arrive())
    expect(screen.getByRole('button', { name: 'Show more' })).toHaveFocus()
  })

  it('says at the end that it is the end, where the focus was', async () => {
    const { asked, List } = paged()
    const { user } = show(<List />)
    for (let page = 1; page < 3; page += 1) {
      await user.click(screen.getByRole('button', { name: 'Show more' }))
      act(() => asked.arrive())
    }
    expect(screen.queryByRole('button')).toBeNull()
    expect(screen.getByText('That is all.')).toHaveFocus()
  })
})
