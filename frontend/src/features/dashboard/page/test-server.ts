// Fake server for tests of the dashboard.
import { screen } from '@testing-library/react'
import { http } from 'msw'
import { beforeEach } from 'vitest'
import { good, restServer } from '../../../testing/server'
import { ANALYTICS, series } from './fixtures'
import type { Analytics } from '../types'

/** A server for the tests of the dashboard: what it answers, and what it was asked for. */
export function analyticsServer() {
  const server = restServer()
  const asked: string[] = []

  function answer(data: Analytics) {
    server.use(
      http.get('*/api/v1/analytics', ({ request }) => {
        asked.push(new URL(request.url).search)
        return good(data)
      }),
    )
  }

  beforeEach(() => {
    asked.length = 0
    answer(ANALYTICS)
    server.use(
      http.get('*/api/v1/analytics/timeseries', ({ request }) =>
        good(series(new URL(request.url).searchParams.get('figure') ?? '')),
      ),
    )
  })
  return { server, asked, answer }
}

/** A figure's card, by its label: to compute the role of everything on a page this large takes jsdom a second. */
export async function card(label: string): Promise<HTMLElement> {
  const link = await screen.findByLabelText(new RegExp(`^${label}: .*Show the conversations$`))
  return around(link, 'li')
}

/** The row of an agent, tool or model. */
export async function rowOf(name: string): Promise<HTMLElement> {
  return around(await screen.findByText(name), 'tr')
}

/** The chart of this title. */
export async function chartOf(title: string): Promise<HTMLElement> {
  return around(await screen.findByText(title, { selector: 'figcaption h3' }), 'figure')
}

/** Where something on the page leads; undefined where nowhere. */
export function linkOf(node: HTMLElement | undefined): string | undefined {
  return node?.closest('a')?.getAttribute('href') ?? undefined
}

function around(node: HTMLElement, selector: string): HTMLElement {
  const match = node.closest<HTMLElement>(selector)
  if (match === null) throw new Error(`There is no ${selector} around it.`)
  return match
}
