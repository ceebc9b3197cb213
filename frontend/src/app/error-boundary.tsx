import { Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { StatusPage } from '../components/status-page'

/** Shows what to do where a page broke, instead of nothing. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override render() {
    if (!this.state.broken) return this.props.children
    return <BrokenPage />
  }
}

export function BrokenPage() {
  return (
    <StatusPage title="This page broke">
      <p>
        Something went wrong while showing it. Your conversation is safe on the server: reload to see it
        again.
      </p>
      <Button onClick={() => window.location.reload()}>Reload</Button>
    </StatusPage>
  )
}
