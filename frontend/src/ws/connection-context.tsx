// Context that makes connections: the browser's own by default, a test's where one is handed in.
import { createContext, use, type ReactNode } from 'react'
import { request, ApiError } from '../api/client'
import { Connection, type ConnectionOptions } from './connection'

type Wanted = Pick<ConnectionOptions, 'threadId' | 'known' | 'events'>

/** Makes the line to the server for one conversation; tests hand in their own. */
export type Connect = (wanted: Wanted) => Connection

const ConnectionContext = createContext<Connect>(connectInBrowser)

export function ConnectionProvider({ connect, children }: { connect: Connect; children: ReactNode }) {
  return <ConnectionContext value={connect}>{children}</ConnectionContext>
}

export function useConnect(): Connect {
  return use(ConnectionContext)
}

function connectInBrowser(wanted: Wanted): Connection {
  const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws'
  return new Connection({
    ...wanted,
    openSocket: () => new WebSocket(`${scheme}://${window.location.host}/ws`),
    diagnose,
    isOnline: () => navigator.onLine,
    clock: {
      now: () => Date.now(),
      setTimeout: (call, ms) => window.setTimeout(call, ms),
      clearTimeout: (timer) => window.clearTimeout(timer as number | undefined),
    },
    random: Math.random,
  })
}

/** A browser does not say why a socket was refused; the same request over HTTP does. It also renews the cookie. */
async function diagnose(): Promise<string | null> {
  try {
    await request('GET', '/session')
    return null
  } catch (error) {
    const refused = error instanceof ApiError && (error.status === 401 || error.status === 403)
    return refused ? error.message : null
  }
}
