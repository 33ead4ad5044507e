import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'

/*
 * An envelope holds the texts of records that came in one request and belong to one subject. Byte by byte:
 *
 *   0  1  version, 1
 *   1  1  1 when the plain bytes are deflated (RFC 1951), else 0
 *   2 12  IV
 *  14  …  ciphertext of AES-256-GCM, then its 16 bytes of tag
 *
 * Additional data: "WDE1", the envelope's name (24 bytes), bytes 0–1, the tenant. The plain bytes are, for each text:
 *
 *   0  1  part
 *   1 16  trace ID
 *  17  8  span ID
 *  25 32  nonce of its commitment
 *  57  4  n, bytes of the text, big-endian
 *  61  n  the text, UTF-8
 */

/** Bytes of an envelope's name: the key's ID and eight of its own. */
export const contentRefBytes = 24

/** Bytes of the salt of one commitment. */
export const nonceBytes = 32

/**
 * The parts of a record's text, by the byte that stands for each: `content` is its own text (a prompt, a plan, a call's
 * arguments), `result` the response, `detail` the JSON of the attributes and events that hold text.
 */
export const contentParts = { content: 1, result: 2, detail: 3 } as const

export type ContentPart = keyof typeof contentParts

/** One part of the text of one record. */
export interface ContentPlace {
  readonly tenant: string
  readonly traceIdHex: string
  readonly spanIdHex: string
  readonly part: ContentPart
}

/** The part that a byte stands for; undefined when it stands for none. */
function contentPartOf(code: number): ContentPart | undefined {
  if (code === contentParts.content) return 'content'
  if (code === contentParts.result) return 'result'
  return code === contentParts.detail ? 'detail' : undefined
}

const version = 1
const headBytes = 2
const ivBytes = 12
const tagBytes = 16
const entryHeadBytes = 25 + nonceBytes + 4

/** Bytes below which deflating costs more than it saves. */
const deflateBytesMin = 1024

/** Bytes that an envelope may unfold to: a batch of texts and the largest that can follow it. */
const plainBytesMax = 16 * 1024 * 1024

/** The name of an envelope, and the tenant it belongs to. */
export interface EnvelopeName {
  readonly tenant: string
  readonly ref: Uint8Array
}

/** A text in an envelope. */
export interface EnvelopeText {
  readonly traceIdHex: string
  readonly spanIdHex: string
  readonly part: ContentPart
  readonly nonce: Buffer
  readonly text: string
}

/** Bytes that a text takes in an envelope at most. */
export function entryBytesMax(text: string): number {
  return entryHeadBytes + text.length * 3
}

/** Writes one text at `at`, and returns where it ends. Precondition: there is room, see {@link entryBytesMax}. */
export function writeEntry(
  bytes: Buffer,
  at: number,
  entry: { readonly place: ContentPlace; readonly nonce: Uint8Array; readonly text: string },
): number {
  const { place, nonce, text } = entry
  bytes.fill(0, at, at + 25)
  bytes[at] = contentParts[place.part]
  bytes.write(place.traceIdHex, at + 1, 16, 'hex')
  bytes.write(place.spanIdHex, at + 17, 8, 'hex')
  bytes.set(nonce, at + 25)
  const textBytes = bytes.write(text, at + entryHeadBytes)
  bytes.writeUInt32BE(textBytes, at + 57)
  return at + entryHeadBytes + textBytes
}

/** Encrypts an envelope over texts written by {@link writeEntry}. A key may encrypt 2^32 envelopes. */
export function encryptEnvelope(plain: Buffer, key: Buffer, name: EnvelopeName): Buffer {
  const isDeflated = plain.length >= deflateBytesMin
  const packed = isDeflated ? deflateRawSync(plain, { level: 1 }) : plain
  const sealed = Buffer.allocUnsafe(headBytes + ivBytes + packed.length + tagBytes)
  sealed[0] = version
  sealed[1] = isDeflated ? 1 : 0
  const iv = randomFillSync(sealed.subarray(headBytes, headBytes + ivBytes))
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(additionalData(sealed, name))
  sealed.set(cipher.update(packed), headBytes + ivBytes)
  cipher.final()
  sealed.set(cipher.getAuthTag(), sealed.length - tagBytes)
  return sealed
}

/** The texts of an envelope; undefined when it was changed, is another's, or the key is not its own. */
export function openEnvelope(
  sealed: Buffer,
  key: Buffer,
  name: EnvelopeName,
): EnvelopeText[] | undefined {
  if (sealed.length < headBytes + ivBytes + tagBytes || sealed[0] !== version) return undefined
  try {
    const tagAt = sealed.length - tagBytes
    const iv = sealed.subarray(headBytes, headBytes + ivBytes)
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
    decipher.setAAD(additionalData(sealed, name))
    decipher.setAuthTag(sealed.subarray(tagAt))
    const packed = decipher.update(sealed.subarray(headBytes + ivBytes, tagAt))
    decipher.final()
    const isDeflated = sealed[1] === 1
    return readEntries(
      isDeflated ? inflateRawSync(packed, { maxOutputLength: plainBytesMax }) : packed,
    )
  } catch {
    // The tag does not fit: the caller reports it.
    return undefined
  }
}

function additionalData(sealed: Buffer, { tenant, ref }: EnvelopeName): Buffer {
  return Buffer.concat([
    Buffer.from('WDE1'),
    ref,
    sealed.subarray(0, headBytes),
    Buffer.from(tenant),
  ])
}

function readEntries(plain: Buffer): EnvelopeText[] | undefined {
  const texts: EnvelopeText[] = []
  let at = 0
  while (at < plain.length) {
    const part = contentPartOf(plain[at] ?? 0)
    if (part === undefined || at + entryHeadBytes > plain.length) return undefined
    const end = at + entryHeadBytes + plain.readUInt32BE(at + 57)
    if (end > plain.length) return undefined
    texts.push({
      part,
      traceIdHex: plain.toString('hex', at + 1, at + 17),
      spanIdHex: plain.toString('hex', at + 17, at + 25),
      nonce: plain.subarray(at + 25, at + 57),
      text: plain.toString('utf8', at + entryHeadBytes, end),
    })
    at = end
  }
  return texts
}
