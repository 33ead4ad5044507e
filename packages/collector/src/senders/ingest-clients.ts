import { createHash, timingSafeEqual } from 'node:crypto'
import { tokenKind, WhodidError } from '@whodid/model'

/** A sender of telemetry: a token, and the actors it may speak for. */
export interface IngestClient {
  /** Stands on every record it sends, in the column `exporter`. */
  readonly name: string
  readonly tenant: string
  /** SHA-256 of its bearer token, in hex. The token itself is kept nowhere. */
  readonly tokenSha256: string
  /** Templates whose agents it may speak for; `*` for all; null when it is bound to no actor, so that its claims are only asserted. */
  readonly templates: readonly string[] | '*' | null
  /** True when it may say that a human acted. */
  readonly humans: boolean
  /** True when it may say that a service acted. */
  readonly services: boolean
  /**
   * True when its records that name nobody belong to the actor they stand under: a sidecar, a driver, a gateway. It may name nobody
   * by it. Default: false.
   */
  readonly infrastructure?: boolean | undefined
  /** The one instance, with those below it, that it may speak for; its records that name nobody are that instance's. Default: any. */
  readonly instance?: string | undefined
  /** True for an importer of other systems' logs: whatever its records say, they have the channel `imported`. Default: false. */
  readonly imports?: boolean | undefined
}

/** UTF-16 units of an `Authorization` header that is looked at. */
const authorizationLengthMax = 4096

/** Finds the ingest client of an `Authorization: Bearer …` header, or throws `unauthenticated`. */
export type Authenticate = (authorization: string | undefined) => IngestClient

/** The ingest clients that may send now. */
export interface KnownIngestClients {
  readonly authenticate: Authenticate
  readonly named: (name: string) => IngestClient | undefined
  /** Takes effect from the next request on. Throws `invalid_config` for a malformed hash, and then changes nothing. */
  readonly replace: (clients: readonly IngestClient[]) => void
}

/**
 * Prepares the check of tokens. Each is compared by its hash with every client's, in time that does not depend on which one
 * is close. Throws `invalid_config`.
 */
export function knowIngestClients(clients: readonly IngestClient[]): KnownIngestClients {
  const hashed = (some: readonly IngestClient[]): { client: IngestClient; hash: Buffer }[] =>
    some.map((client) => ({ client, hash: hashOf(client) }))
  let known = hashed(clients)
  return {
    authenticate: (authorization) => {
      const token = bearerToken(authorization)
      const presented = createHash('sha256').update(token).digest()
      let found: IngestClient | undefined
      for (const { client, hash } of known) if (timingSafeEqual(hash, presented)) found = client
      if (found === undefined) throw unauthenticated(unknownToken(token))
      return found
    },
    named: (name) => known.find(({ client }) => client.name === name)?.client,
    replace: (some) => void (known = hashed(some)),
  }
}

function hashOf(client: IngestClient): Buffer {
  if (!/^[0-9a-fA-F]{64}$/u.test(client.tokenSha256))
    throw new WhodidError(
      'invalid_config',
      `"tokenSha256" of exporter "${client.name}" expected 64 hex digits; got something else`,
    )
  return Buffer.from(client.tokenSha256, 'hex')
}

function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined) throw unauthenticated('there is no Authorization header')
  const match =
    authorization.length <= authorizationLengthMax
      ? /^Bearer +([^\s]+) *$/iu.exec(authorization)
      : null
  if (match === null) throw unauthenticated('the Authorization header expected "Bearer <token>"')
  return match[1] ?? ''
}

/** Names the kind of the token where its prefix shows one: a reader's token is the most frequent mistake. */
function unknownToken(token: string): string {
  const kind = tokenKind(token)
  return kind === undefined
    ? 'no exporter has the token that came'
    : kind === 'ingest'
      ? 'the "ingest" token that came is of no exporter of this Whodid'
      : `an "${kind}" token came, and no exporter of this Whodid has it`
}

function unauthenticated(why: string): WhodidError {
  return new WhodidError(
    'unauthenticated',
    `an exporter's token ("ingest" of tokens.json, or of "whodid exporter add") is needed: ${why}`,
  )
}
