import { createHash, timingSafeEqual } from 'node:crypto'
import { tokenKind, WhodidError } from '@whodid/model'
import type { Exporter } from './exporter.ts'

/** UTF-16 units of an `Authorization` header that is looked at. */
const authorizationLengthMax = 4096

/** Finds the exporter of an `Authorization: Bearer …` header, or throws `unauthenticated`. */
export type Authenticate = (authorization: string | undefined) => Exporter

/** Who may send, for now. */
export interface KnownExporters {
  readonly authenticate: Authenticate
  readonly named: (name: string) => Exporter | undefined
  /** From the next request on. Throws `invalid_config` for a hash that is none, and then nothing changes. */
  readonly replace: (exporters: readonly Exporter[]) => void
}

/**
 * Prepares the check of tokens. Each is compared by its hash with every exporter's, in time that does not tell which one
 * came near. Throws `invalid_config`.
 */
export function knowExporters(exporters: readonly Exporter[]): KnownExporters {
  const hashed = (some: readonly Exporter[]): { exporter: Exporter; hash: Buffer }[] =>
    some.map((exporter) => ({ exporter, hash: hashOf(exporter) }))
  let known = hashed(exporters)
  return {
    authenticate: (authorization) => {
      const token = bearerToken(authorization)
      const presented = createHash('sha256').update(token).digest()
      let found: Exporter | undefined
      for (const { exporter, hash } of known) if (timingSafeEqual(hash, presented)) found = exporter
      if (found === undefined) throw unauthenticated(unknownToken(token))
      return found
    },
    named: (name) => known.find(({ exporter }) => exporter.name === name)?.exporter,
    replace: (some) => void (known = hashed(some)),
  }
}

function hashOf(exporter: Exporter): Buffer {
  if (!/^[0-9a-fA-F]{64}$/u.test(exporter.tokenSha256))
    throw new WhodidError(
      'invalid_config',
      `"tokenSha256" of exporter "${exporter.name}" expected 64 hex digits; got something else`,
    )
  return Buffer.from(exporter.tokenSha256, 'hex')
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

/** Says what kind of token came, as far as it says so itself: a reader's is the one most often mistaken. */
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
