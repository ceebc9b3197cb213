// Summary of an import: what an approval would make live, and what to look at once more.
import type { Api, Consent, Operation } from './types'
import { count, list } from './format'
import { actsWithoutConsent, CONSENTS, isDoubtful } from './labels'

/** What an approval would make live, counted from what is on the page. */
export interface Summary {
  enabled: number
  left: number
  reads: number
  writes: number
  destructive: number
  /** How many of the writes ask whom. */
  asks: Record<Consent, number>
  agents: string[]
  tokens: number
  /** What a careful person would look at once more, as sentences. */
  cautions: string[]
}

export function summarise(operations: readonly Operation[], api: Api | undefined): Summary {
  const live = operations.filter((operation) => operation.change !== 'removed')
  const enabled = live.filter((operation) => operation.enabled)
  const writes = enabled.filter((operation) => operation.access !== 'read')
  return {
    enabled: enabled.length,
    left: live.length - enabled.length,
    reads: enabled.length - writes.length,
    writes: writes.length,
    destructive: writes.filter((operation) => operation.access === 'destructive').length,
    asks: Object.fromEntries(
      CONSENTS.map((consent) => [consent, writes.filter((one) => one.consent === consent).length]),
    ) as Record<Consent, number>,
    agents: [...new Set(enabled.map((operation) => operation.agent))],
    tokens: enabled.reduce((sum, operation) => sum + operation.tokens, 0),
    cautions: cautions(enabled, api),
  }
}

function cautions(enabled: readonly Operation[], api: Api | undefined): string[] {
  const unasked = enabled.filter(actsWithoutConsent).length
  const doubtful = enabled.filter(isDoubtful).length
  const riskier = enabled.filter((operation) => operation.change === 'riskier').length
  const unset = api?.schemes.filter((scheme) => !scheme.set && scheme.kind !== 'unsupported') ?? []
  return [
    unasked > 0 && `${count(unasked, 'write runs', 'writes run')} without asking anybody.`,
    riskier > 0 &&
      `${count(riskier, 'operation has', 'operations have')} become riskier since the last import.`,
    doubtful > 0 && `${count(doubtful, 'label is', 'labels are')} in doubt.`,
    unset.length > 0 &&
      unset.length === api?.schemes.length &&
      `No credentials are set (${list(unset.map((scheme) => scheme.name))}): the API will probably refuse the calls.`,
    api?.base_url === '' &&
      api.servers.length === 0 &&
      'The API has no base address yet: nothing can be called.',
  ].filter((sentence) => typeof sentence === 'string')
}

/** "12 reads, 3 writes (1 destructive)" */
export function formatCounts({
  read,
  write,
  destructive,
}: {
  read: number
  write: number
  destructive: number
}): string {
  return list(
    [
      read > 0 && count(read, 'read'),
      write > 0 && count(write, 'write'),
      destructive > 0 && `${destructive} destructive`,
    ].filter((part) => typeof part === 'string'),
  )
}
