import { join } from 'node:path'
import { createIssuerKeys, createSeenIds } from '@whodid/identity'
import type {
  AgentStanding,
  InstanceTokenDemands,
  RevocableAgent,
  SeenIds,
  TrustedIssuer,
} from '@whodid/identity'
import { openInstanceIssuer } from './instance-issuer.ts'
import type { InstanceIssuer, IssuerOptions } from './instance-issuer.ts'
import { InstanceTokens } from './instance-tokens.ts'

/** The state of an agent of a tenant; undefined where it is not known, and then neither token nor seal counts. */
export type StandingOf = (agent: RevocableAgent, tenant: string) => AgentStanding | undefined

/** The parts of {@link openIdentity}. */
export interface IdentityOptions extends IssuerOptions {
  readonly logDir: string
  readonly nowUnixNs: () => bigint
  readonly standingOf: StandingOf
  /** Issuers beside this ledger whose instance tokens are taken. */
  readonly trustedIssuers: readonly TrustedIssuer[]
}

/** The identity of instances, as the collector knows it: its issuer, and the tokens that are registered. */
export interface Identity {
  readonly issuer: InstanceIssuer
  readonly tokens: InstanceTokens
  /** The demands on a token that a sender of a tenant presents now. */
  readonly demands: (tenant: string) => InstanceTokenDemands
  readonly seenProofs: SeenIds
  readonly standingOf: StandingOf
  readonly nowS: () => number
}

/** Opens the issuer's key and the registered tokens. Throws `invalid_config`. */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const { logDir, nowUnixNs, standingOf, trustedIssuers } = options
  const issuer = await openInstanceIssuer(options)
  const nowS = (): number => Number(nowUnixNs() / 1_000_000_000n)
  const own = { issuer: issuer.issuer, keys: [issuer.publicKey] }
  const keys = createIssuerKeys([...trustedIssuers, own], { fetch, nowS })
  const demands = (tenant: string): InstanceTokenDemands => ({
    keys,
    audience: issuer.issuer,
    trustDomain: issuer.trustDomain,
    standingOf: (agent) => standingOf(agent, tenant),
    nowS: nowS(),
  })
  const tokens = new InstanceTokens({ path: join(logDir, 'instance-tokens.jsonl'), nowS, demands })
  await tokens.restore()
  return { issuer, tokens, demands, seenProofs: createSeenIds(), standingOf, nowS }
}
