// Renderer for tests of components: with theme, query client and router.
import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { ReactNode } from 'react'
import { createMemoryRouter, RouterProvider } from 'react-router'

/** Show something as it stands in the app, at an address. `env: test` leaves out what only moves. */
export function show(node: ReactNode, { at = '/', path = '*' } = {}) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const router = createMemoryRouter(
    [
      { path, element: node },
      { path: '/approvals', element: <p>the approvals page</p> },
      { path: '/sign-in', element: path === '/sign-in' ? node : <p>the sign-in page</p> },
      ...(path === '*' ? [] : [{ path: '*', element: <p>another page</p> }]),
    ],
    { initialEntries: [at] },
  )
  const shown = render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  )
  return { ...shown, user: userEvent.setup(), router, queries }
}
