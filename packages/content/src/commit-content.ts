import { hash } from 'node:crypto'
import { contentParts, nonceBytes } from './envelope.ts'
import type { ContentPlace } from './envelope.ts'

/*
 * A commitment is HMAC-SHA-256 with the nonce as its key, over
 *
 *   0  4  "WDC1"
 *   4  1  part
 *   5 16  trace ID
 *  21  8  span ID
 *  29  4  n, bytes of the tenant, big-endian
 *  33  n  tenant
 *   …  …  the text, UTF-8
 *
 * HMAC is written out over the one-shot hash (RFC 2104), which costs half of `createHmac` on texts of this size.
 */

const blockBytes = 64
const digestBytes = 32
const headBytes = 33
const bytesMaxOfUnit = 3

let inner = Buffer.alloc(16_384)
const outer = Buffer.alloc(blockBytes + digestBytes)
outer.fill(0x5c, nonceBytes, blockBytes)

/**
 * Returns the commitment to a text, in hex. The commitment alone reveals nothing of the text, and no other text can be found
 * for it. It is bound to the record and the part, so that a text cannot be shown as another's.
 *
 * Preconditions: `nonce` is 32 random bytes used for nothing else, IDs are hex of full length or ''.
 */
export function commitContent(place: ContentPlace, nonce: Uint8Array, text: string): string {
  const needed = blockBytes + headBytes + (place.tenant.length + text.length) * bytesMaxOfUnit
  if (inner.length < needed) inner = Buffer.alloc(needed)
  inner.fill(0x36, nonceBytes, blockBytes)
  for (let at = 0; at < nonceBytes; at += 1) {
    const byte = nonce[at] ?? 0
    inner[at] = byte ^ 0x36
    outer[at] = byte ^ 0x5c
  }
  const end = writeMessage(place, text)
  outer.write(hash('sha256', inner.subarray(0, end), 'binary'), blockBytes, 'latin1')
  if (inner.length > keptBytesMax) inner = Buffer.alloc(keptBytesMax)
  return hash('sha256', outer, 'hex')
}

/** Bytes of the scratch that is kept from one call to the next. */
const keptBytesMax = 1024 * 1024

function writeMessage({ tenant, traceIdHex, spanIdHex, part }: ContentPlace, text: string): number {
  inner.fill(0, blockBytes, blockBytes + headBytes)
  inner.write('WDC1', blockBytes, 'latin1')
  inner[blockBytes + 4] = contentParts[part]
  inner.write(traceIdHex, blockBytes + 5, 16, 'hex')
  inner.write(spanIdHex, blockBytes + 21, 8, 'hex')
  const tenantBytes = inner.write(tenant, blockBytes + headBytes)
  inner.writeUInt32BE(tenantBytes, blockBytes + 29)
  const at = blockBytes + headBytes + tenantBytes
  return at + inner.write(text, at)
}
