import { createHash, timingSafeEqual } from 'node:crypto'
import { WhodidError } from '@whodid/model'
import type { Exporter } from './exporter.ts'

/** UTF-16 units of an `Authorization` header that is looked at. */
const authorizationLengthMax = 4096

/** Finds the exporter of an `Authorization: Bearer …` header, or throws `unauthenticated`. */
export type Authenticate = (authorization: string | undefined) => Exporter

/**
 * Prepares the check of tokens. Each is compared by its hash with every exporter's, in time that does not tell which one
 * came near.
 */
export function createAuthenticate(exporters: readonly Exporter[]): Authenticate {
  const known = exporters.map((exporter) => ({ exporter, hash: hashOf(exporter) }))
  return (authorization) => {
    const token = bearerToken(authorization)
    const presented = createHash('sha256').update(token).digest()
    let found: Exporter | undefined
    for (const { exporter, hash } of known) if (timingSafeEqual(hash, presented)) found = exporter
    if (found === undefined) throw unauthenticated('no exporter has the token that came')
    return found
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

function unauthenticated(why: string): WhodidError {
  return new WhodidError('unauthenticated', `an exporter's token is needed: ${why}`)
}
