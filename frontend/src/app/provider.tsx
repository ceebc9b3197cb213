import { createTheme, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { makeQueryClient } from '../api/query-client'
import { ErrorBoundary } from './error-boundary'

const theme = createTheme({ defaultRadius: 'md', cursorType: 'pointer', respectReducedMotion: true })

/** Everything that every page stands in. */
export function Provider({ children }: { children: ReactNode }) {
  const [queries] = useState(makeQueryClient)
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
