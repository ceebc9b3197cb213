import { createBrowserRouter, Outlet, RouterProvider, ScrollRestoration } from 'react-router'
import { BrokenPage } from './error-boundary'
import { Layout } from './layout'

const router = createBrowserRouter([
  {
    element: (
      <Layout>
        <Outlet />
        <ScrollRestoration />
      </Layout>
    ),
    errorElement: <BrokenPage />,
    hydrateFallbackElement: <></>,
    children: [
      {
        // One page for both addresses, so that a conversation goes on when it gets its own.
        lazy: () => import('./routes/chat'),
        children: [
          { index: true, element: <></> },
          { path: 'c/:threadId', element: <></> },
        ],
      },
      { path: 'sign-in', lazy: () => import('./routes/sign-in') },
      { path: 'join', lazy: () => import('./routes/join') },
      { path: 'account', lazy: () => import('./routes/account') },
      { path: 'team', lazy: () => import('./routes/team') },
      { path: 'approvals', lazy: () => import('./routes/approvals') },
      { path: 'replay', lazy: () => import('./routes/replay') },
      { path: 'replay/:threadId', lazy: () => import('./routes/replay-conversation') },
      { path: 'dashboard', lazy: () => import('./routes/dashboard') },
      { path: 'model', lazy: () => import('./routes/model') },
      { path: 'apis', lazy: () => import('./routes/apis') },
      { path: 'apis/agents', lazy: () => import('./routes/agents') },
      { path: 'apis/signed-in', lazy: () => import('./routes/signed-in') },
      { path: 'apis/history', lazy: () => import('./routes/api-history') },
      { path: 'apis/jobs/:jobId', lazy: () => import('./routes/api-job') },
      { path: '*', lazy: () => import('./routes/not-found') },
    ],
  },
])

export function Router() {
  return <RouterProvider router={router} />
}
