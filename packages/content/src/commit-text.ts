import { hash } from 'node:crypto'
import { textPartBits, textParts } from '@whodid/model'
import type { TextPart } from '@whodid/model'
import type { TextEntry } from './text-entry.ts'

/*
 * A record has one commitment, from which any part of its text can be shown alone:
 *
 *   place      = trace ID (16) ‖ span ID (8) ‖ n (4, big-endian) ‖ tenant (n)
 *   salts      = SHA-384( salt key (32) ‖ "WDS2" ‖ place ‖ entry ), 16 bytes for each part
 *   part hash  = SHA-256( salt (16) ‖ part (1) ‖ text ); zeroes for a part that the record does not have
 *   commitment = SHA-256( "WDC2" ‖ place ‖ part hash of content ‖ of result ‖ of detail )
 *
 * A part is 1 content, 2 result, 4 detail. Everything follows from the salt key and the text, so that a record that is sent
 * again has the same commitment. A salt that is shown helps to guess no other text: a text of the same span has another salt.
 */

/** Bytes of a salt. */
const saltBytes = 16

const digestBytes = 32
const saltKeyBytes = 32
const labelBytes = 4
/** Bytes of a trace ID and a span ID. */
export const idsBytes = 24

/** The record that a text belongs to. */
export interface TextPlace {
  readonly tenant: string
  /** The trace ID and the span ID, 24 bytes: {@link idsOf}. */
  readonly ids: Uint8Array
}

/** The IDs of a record as a {@link TextPlace} has them; zeroes for ''. */
export function idsOf(traceIdHex: string, spanIdHex: string): Buffer {
  const ids = Buffer.alloc(idsBytes)
  ids.write(traceIdHex, 0, 16, 'hex')
  ids.write(spanIdHex, 16, 'hex')
  return ids
}

/** An entry, and the bytes that it is read from. */
export interface EntryIn {
  readonly bytes: Buffer
  readonly entry: TextEntry
}

/** The commitment to a record's text, and the parts it is made of. */
export interface TextCommitment {
  readonly commitmentHex: string
  /** A salt for each part, {@link saltBytes} each, as `binary` characters. */
  readonly salts: string
  /** The hash of each part, as `binary` characters. */
  readonly partHashes: string
}

/** One part of a text, with all that shows to anybody that the record committed to it. */
export interface Disclosure {
  /** Hex. */
  readonly salt: string
  /** The hashes of the other parts, hex; '' for a part that the record does not have. */
  readonly hashes: Readonly<Partial<Record<TextPart, string>>>
}

let scratch = Buffer.alloc(16_384)

/** Bytes of the scratch that is kept from one call to the next. */
const keptBytesMax = 1024 * 1024

/**
 * Commits to the text of one record. The commitment alone reveals nothing of the text to those who lack the salt key, and no
 * other text can be found for it. It is bound to the record, so that a text cannot be shown as another's.
 *
 * Precondition: `saltKey` is 32 bytes.
 */
export function commitText(
  saltKey: Uint8Array,
  place: TextPlace,
  { bytes, entry }: EntryIn,
): TextCommitment {
  const entryBytes = entry.end - entry.start
  const tenantBytesMax = place.tenant.length * 3
  const needed =
    saltKeyBytes + labelBytes + idsBytes + 4 + tenantBytesMax + 3 * digestBytes + entryBytes
  if (scratch.length < needed) scratch = Buffer.alloc(needed)
  const salts = saltsOf(saltKey, place, { bytes, entry })
  let partHashes = ''
  for (const [index, part] of textParts.entries()) {
    const extent = entry.parts[part]
    if (extent === undefined) {
      partHashes += noHash
      continue
    }
    scratch.write(salts.slice(index * saltBytes, (index + 1) * saltBytes), 'latin1')
    scratch[saltBytes] = textPartBits[part]
    const end = saltBytes + 1 + bytes.copy(scratch, saltBytes + 1, extent.start, extent.end)
    partHashes += hash('sha256', scratch.subarray(0, end), 'binary')
  }
  let at = scratch.write('WDC2', 'latin1')
  at = writePlace(at, place)
  at += scratch.write(partHashes, at, 'latin1')
  const commitmentHex = hash('sha256', scratch.subarray(0, at), 'hex')
  scratch.fill(0, 0, needed)
  if (scratch.length > keptBytesMax) scratch = Buffer.alloc(keptBytesMax)
  return { commitmentHex, salts, partHashes }
}

/** Shows one part of a commitment, and of the others nothing but their hashes. */
export function disclosePart({ salts, partHashes }: TextCommitment, part: TextPart): Disclosure {
  const hashes: Partial<Record<TextPart, string>> = {}
  for (const [index, other] of textParts.entries()) {
    const hashed = partHashes.slice(index * digestBytes, (index + 1) * digestBytes)
    if (other !== part) hashes[other] = hashed === noHash ? '' : hexOf(hashed)
  }
  const index = textParts.indexOf(part)
  return { salt: hexOf(salts.slice(index * saltBytes, (index + 1) * saltBytes)), hashes }
}

const noHash = '\0'.repeat(digestBytes)

function hexOf(binary: string): string {
  return Buffer.from(binary, 'latin1').toString('hex')
}

/** SHA-384 cannot be continued by one who knows its result, so that a key in front makes it a keyed hash. */
function saltsOf(saltKey: Uint8Array, place: TextPlace, { bytes, entry }: EntryIn): string {
  scratch.set(saltKey)
  let at = saltKeyBytes + scratch.write('WDS2', saltKeyBytes, 'latin1')
  at = writePlace(at, place)
  at += bytes.copy(scratch, at, entry.start, entry.end)
  return hash('sha384', scratch.subarray(0, at), 'binary')
}

function writePlace(start: number, { tenant, ids }: TextPlace): number {
  scratch.set(ids, start)
  const tenantAt = start + idsBytes + 4
  const tenantBytes = scratch.write(tenant, tenantAt)
  scratch.writeUInt32BE(tenantBytes, start + idsBytes)
  return tenantAt + tenantBytes
}
