// Security schemes: which credentials each needs.
import type { Scheme } from '../types'

interface CredentialField {
  name: string
  label: string
  secret: boolean
  required: boolean
  description?: string
  placeholder?: string
}

/** What has to be known for a scheme; nothing for one that cannot be used. */
export function fieldsFor(scheme: Scheme): CredentialField[] {
  switch (scheme.kind) {
    case 'apiKey':
      return [secret('value', 'Key')]
    case 'bearer':
      return [secret('token', 'Token')]
    case 'basic':
      return [plain('username', 'User name'), secret('password', 'Password')]
    case 'oauth2':
      return [
        plain('client_id', 'Client id'),
        secret('client_secret', 'Client secret'),
        {
          ...plain('token_url', 'Token address'),
          // The document usually says it; where it does not, nobody else can.
          required: scheme.token_url === '',
          placeholder: scheme.token_url,
        },
        {
          ...plain('scopes', 'Scopes'),
          required: false,
          description: 'Separated by spaces; empty asks for what the document lists.',
          placeholder: scheme.scopes.join(' '),
        },
      ]
    default:
      return []
  }
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
      return 'OAuth 2 with client credentials; tokens are fetched and renewed by themselves'
    default:
      return 'This way needs a person in a browser, so it cannot be used here'
  }
}
