import { createTheme, MantineProvider } from '@mantine/core'
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ErrorBoundary } from './error-boundary'

const theme = createTheme({ defaultRadius: 'md', cursorType: 'pointer', respectReducedMotion: true })

/** Everything that every page stands in. */
export function Provider({ queries, children }: { queries: QueryClient; children: ReactNode }) {
  return (
    // The variables come from files, see theme.css.
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <ErrorBoundary>
        <QueryClientProvider client={queries}>{children}</QueryClientProvider>
      </ErrorBoundary>
    </MantineProvider>
  )
}
