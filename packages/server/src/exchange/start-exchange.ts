import { templateInForce } from '@whodid/api'
import type { Collector } from '@whodid/collector'
import { createIssuer } from '@whodid/issuer'
import type { Issuer } from '@whodid/issuer'
import type { Selector } from '@whodid/store'
import type { KnownStops } from '../revocation/standing-by.ts'
import { standingBy } from '../revocation/standing-by.ts'
import type { StartupContext } from '../start/startup-context.ts'
import { openExchangeKey } from './exchange-key.ts'
import { exchangeRecord } from './exchange-record.ts'
import { readIssuerFile } from './read-issuer-file.ts'

/** The parts that the exchange uses. */
interface ExchangeParts {
  readonly collector: Pick<Collector, 'record' | 'instanceIssuer' | 'tenantOfToken'>
  readonly selector: Selector
  readonly revocations: KnownStops
}

/** Opens the exchange of tokens as the file of `WHODID_ISSUER` says; undefined without one. Throws `invalid_config`. */
export async function startExchange(
  { config, wrapping, onEvent }: StartupContext,
  { collector, selector, revocations }: ExchangeParts,
): Promise<Issuer | undefined> {
  if (config.issuerPath === undefined) return undefined
  const { url, tenant, subject_issuers: persons } = await readIssuerFile(config.issuerPath)
  const { issuer: ledger, trustDomain, publicKey: ledgerKey } = collector.instanceIssuer
  const standingOf = standingBy(revocations)
  const nowUnixNs = (): bigint => BigInt(Date.now()) * 1_000_000n
  return createIssuer({
    ...(await openExchangeKey(config.keysDir, wrapping)),
    url,
    trustDomain,
    audience: ledger,
    instanceIssuers: [{ issuer: ledger, keys: [ledgerKey] }],
    subjectIssuers: persons.map(({ issuer, key_set_url: keySetUrl }) => ({ issuer, keySetUrl })),
    standingOf: (agent) => standingOf(agent, tenant),
    isRegistered: (token) => collector.tenantOfToken(token) === tenant,
    ceilingOf: async (template) => {
      const found = await templateInForce(selector, tenant, { template, at: nowUnixNs() })
      // A list that the registration does not state gives nobody anything.
      return found && { scopes: found.scopes ?? [], audiences: found.audiences ?? [] }
    },
    record: (judged) =>
      collector.record([exchangeRecord(judged, { tenant, issuer: url, atUnixNs: nowUnixNs() })]),
    fetch,
    nowS: () => Date.now() / 1_000,
    onFailure: (message) =>
      onEvent({ event: 'warning', message: `an exchange of tokens failed: ${message}` }),
  })
}
