import { WhodidError } from '@whodid/model'
import { parseSkey, parseVkey } from '@whodid/tlog'
import type { KeyEpoch } from '@whodid/tlog'

/** An epoch with the private half of its key; '' once the key is retired. */
export interface PrivateEpoch extends KeyEpoch {
  readonly skey: string
  /** The time at which it stops signing, in milliseconds since 1970; null while nothing follows it. */
  readonly retiresMs: number | null
}

/** A key that an operator has asked the log to go over to. */
export interface NextKey {
  readonly vkey: string
  readonly skey: string
  /** Milliseconds for which the old key goes on to sign beside the new. */
  readonly overlapMs: number
}

/** Writes the file of a log's private keys. */
export function formatKeyFile(origin: string, epochs: readonly PrivateEpoch[]): string {
  const rows = epochs.map(({ vkey, skey, fromSize, toSize, retiresMs }) => ({
    vkey,
    skey,
    from_size: fromSize,
    to_size: toSize,
    retires_ms: retiresMs,
  }))
  return `${JSON.stringify({ origin, epochs: rows }, undefined, 2)}\n`
}

/** Reads it back. Throws `invalid_config`, whose message quotes nothing of the file: it holds secrets. */
export function parseKeyFile(text: string, origin: string): PrivateEpoch[] {
  const { origin: named, epochs } = objectOf(parseJson(text))
  if (named !== origin || !Array.isArray(epochs) || epochs.length === 0) throw damaged(origin)
  return epochs.map((value: unknown) => {
    const row = objectOf(value)
    const { vkey, skey } = row
    const toSize = row['to_size'] ?? null
    const retiresMs = row['retires_ms'] ?? null
    if (typeof vkey !== 'string' || typeof skey !== 'string') throw damaged(origin)
    const fromSize = row['from_size']
    if (!isCount(fromSize) || !isCountOrNull(toSize) || !isCountOrNull(retiresMs))
      throw damaged(origin)
    checkPair(vkey, skey, origin)
    return { vkey, skey, fromSize, toSize, retiresMs }
  })
}

/** Writes the file in which the next key is left for a running collector. */
export function formatNextKey({ vkey, skey, overlapMs }: NextKey): string {
  return `${JSON.stringify({ vkey, skey, overlap_ms: overlapMs })}\n`
}

/** Reads it back. Throws `invalid_config`. */
export function parseNextKey(text: string, origin: string): NextKey {
  const { vkey, skey, overlap_ms: overlapMs } = objectOf(parseJson(text))
  if (typeof vkey !== 'string' || typeof skey !== 'string' || !isCount(overlapMs))
    throw damaged(origin)
  checkPair(vkey, skey, origin)
  return { vkey, skey, overlapMs }
}

function checkPair(vkey: string, skey: string, origin: string): void {
  try {
    const isPair = skey === '' || parseSkey(skey).verifier.vkey === vkey
    if (parseVkey(vkey).name === origin && isPair) return
  } catch {
    // The text that does not parse must not be quoted: it may be the private key.
  }
  throw damaged(origin)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  // Sound: a value that is no object has no properties, which each caller refuses.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isCountOrNull(value: unknown): value is number | null {
  return value === null || isCount(value)
}

function damaged(origin: string): WhodidError {
  return new WhodidError(
    'invalid_config',
    `the key file of the log "${origin}" expected its keys as whodid wrote them; it is damaged or another log's`,
  )
}
