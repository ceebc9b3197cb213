// Security schemes: in which ways credentials can be entered for each, and what each way needs.
import type { Scheme } from '../types'

/** One field of a form of credentials. */
export interface CredentialField {
  name: string
  label: string
  secret: boolean
  required: boolean
  description?: string
  placeholder?: string
}

/** A way to get credentials for a scheme; `signIn` sends the browser to the provider first. */
export interface Way {
  name: string
  label: string
  signIn: boolean
  fields: CredentialField[]
}

/** The ways to enter credentials for a scheme; none for one that cannot be used. */
export function waysFor(scheme: Scheme): Way[] {
  switch (scheme.kind) {
    case 'apiKey':
      return [entered('Key', [secret('value', 'Key')])]
    case 'bearer':
      return [entered('Token', [secret('token', 'Token')])]
    case 'basic':
      return [entered('Password', [plain('username', 'User name'), secret('password', 'Password')])]
    case 'oauth2':
      return oauthWays(scheme)
    default:
      return []
  }
}

function oauthWays(scheme: Scheme): Way[] {
  const client = [plain('client_id', 'Client id'), secret('client_secret', 'Client secret')]
  const tokens = { ...plain('token_url', 'Token address'), ...known(scheme.token_url) }
  const scopes = {
    ...plain('scopes', 'Scopes'),
    required: false,
    description: 'Separated by spaces; empty asks for what the document lists.',
    placeholder: scheme.scopes.join(' '),
  }
  const place = { ...plain('authorization_url', 'Sign-in address'), ...known(scheme.authorization_url) }
  const signIn = {
    name: 'sign-in',
    label: 'Sign in',
    signIn: true,
    fields: [
      plain('client_id', 'Client id'),
      { ...secret('client_secret', 'Client secret'), required: false },
      place,
      tokens,
      scopes,
    ],
  }
  const own = { ...entered('Client', [...client, tokens, scopes]), name: 'client' }
  const ready = entered('Ready token', [secret('token', 'Token')])
  return scheme.authorization_url ? [signIn, own, ready] : [own, signIn, ready]
}

/** The document usually says it; where it does not, nobody else can. */
function known(address: string) {
  return { required: address === '', placeholder: address }
}

function entered(label: string, fields: CredentialField[]): Way {
  return { name: label.toLowerCase(), label, signIn: false, fields }
}

function plain(name: string, label: string): CredentialField {
  return { name, label, secret: false, required: true }
}

function secret(name: string, label: string): CredentialField {
  return { name, label, secret: true, required: true }
}

/** How a scheme works, in words. */
export function describeScheme({ kind, place, parameter }: Scheme): string {
  switch (kind) {
    case 'apiKey':
      return `A key in the ${place}${parameter && ` “${parameter}”`}`
    case 'bearer':
      return 'A token that is sent along'
    case 'basic':
      return 'A user name and a password'
    case 'oauth2':
      return 'OAuth 2: sign in, or enter a client or a ready token; tokens are renewed by themselves'
    default:
      return 'This way of signing in is not supported; add another one below if the API has it'
  }
}
