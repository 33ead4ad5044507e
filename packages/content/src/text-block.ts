import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'

/*
 * A text block holds the entries of records that were logged together and belong to one subject. Byte by byte:
 *
 *   0  1  version, 2
 *   1  1  1 when the entries are deflated (RFC 1951), else 0
 *   2 12  IV
 *  14  …  ciphertext of AES-256-GCM, then its 16 bytes of tag
 *
 * Additional data: "WDB2", the block's name (24 bytes), bytes 0–1, the tenant. The plain bytes are entries, one after
 * another; a record holds the offset of its own.
 */

/** Bytes of a block's name: the ID of the subject's key, and eight of its own. */
export const blockNameBytes = 24

const version = 2
const headBytes = 2
const ivBytes = 12
const tagBytes = 16

/** Bytes below which deflating costs more than it saves. */
const deflateBytesMin = 1024

/** Bytes that a block may unfold to: a batch of texts and the largest that can follow it. */
const plainBytesMax = 16 * 1024 * 1024

/** The name of a block, and the tenant it belongs to. */
export interface BlockName {
  readonly tenant: string
  readonly name: Uint8Array
}

/** Encrypts a block of entries. A key may encrypt 2^32 blocks. */
export function sealBlock(plain: Buffer, blockKey: Buffer, name: BlockName): Buffer {
  const isDeflated = plain.length >= deflateBytesMin
  const packed = isDeflated ? deflateRawSync(plain, { level: 1 }) : plain
  const sealed = Buffer.allocUnsafe(headBytes + ivBytes + packed.length + tagBytes)
  sealed[0] = version
  sealed[1] = isDeflated ? 1 : 0
  const iv = randomFillSync(sealed.subarray(headBytes, headBytes + ivBytes))
  const cipher = createCipheriv('aes-256-gcm', blockKey, iv)
  cipher.setAAD(additionalData(sealed, name))
  sealed.set(cipher.update(packed), headBytes + ivBytes)
  cipher.final()
  sealed.set(cipher.getAuthTag(), sealed.length - tagBytes)
  return sealed
}

/** The entries of a block; undefined when it was changed, is another's, or the key is not its own. */
export function openBlock(sealed: Buffer, blockKey: Buffer, name: BlockName): Buffer | undefined {
  if (sealed.length < headBytes + ivBytes + tagBytes || sealed[0] !== version) return undefined
  try {
    const tagAt = sealed.length - tagBytes
    const iv = sealed.subarray(headBytes, headBytes + ivBytes)
    const decipher = createDecipheriv('aes-256-gcm', blockKey, iv, { authTagLength: tagBytes })
    decipher.setAAD(additionalData(sealed, name))
    decipher.setAuthTag(sealed.subarray(tagAt))
    const packed = decipher.update(sealed.subarray(headBytes + ivBytes, tagAt))
    decipher.final()
    const isDeflated = sealed[1] === 1
    return isDeflated ? inflateRawSync(packed, { maxOutputLength: plainBytesMax }) : packed
  } catch {
    // The tag does not fit: the caller reports it.
    return undefined
  }
}

function additionalData(sealed: Buffer, { tenant, name }: BlockName): Buffer {
  return Buffer.concat([
    Buffer.from('WDB2'),
    name,
    sealed.subarray(0, headBytes),
    Buffer.from(tenant),
  ])
}
