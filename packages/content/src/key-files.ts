import { createHash, timingSafeEqual } from 'node:crypto'
import { dirname, join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { createDurably, orUndefined, syncDirectory, systemFiles } from '@whodid/tlog-posix'

/*
 * A key file, `<first two hex digits of its ID>/<the other thirty>.key`, byte by byte:
 *
 *   0  4  "WDTK"
 *   4  4  version, 1, big-endian
 *   8 16  the key's ID
 *  24 32  the key
 *  56 32  SHA-256 of bytes 0–55
 *
 * Beside it, once the key is destroyed: `….erased`, one JSON object, a {@link Tombstone}.
 */

/** Bytes of a key's ID, which a text block's name begins with. */
export const keyIdBytes = 16

const magic = 'WDTK'
const version = 1
const keyAt = 24
const keyBytes = 32
const sumAt = keyAt + keyBytes
const fileBytes = sumAt + 32

/** The record of a destroyed key. Holds nothing of the person it was about. */
export interface Tombstone {
  readonly erasure: string
  readonly erased_at: string
  /** The record in the ledger, `<trace>-<span>`. */
  readonly record: string
}

/** Makes a key's file, or its tombstone, durable; resolves with false when the path is taken. May be called concurrently. */
export async function createKeyFile(path: string, bytes: Buffer | string): Promise<boolean> {
  const dir = dirname(path)
  const made = await systemFiles.mkdir(dir, { recursive: true, mode: 0o700 })
  if (made !== undefined) await syncDirectory(systemFiles, dirname(dir))
  return createDurably(systemFiles, path, bytes)
}

export function keyPath(dir: string, keyIdHex: string): string {
  return join(dir, keyIdHex.slice(0, 2), `${keyIdHex.slice(2)}.key`)
}

export function tombstonePath(dir: string, keyIdHex: string): string {
  return join(dir, keyIdHex.slice(0, 2), `${keyIdHex.slice(2)}.erased`)
}

export function encodeKeyFile(keyIdHex: string, key: Buffer): Buffer {
  const bytes = Buffer.alloc(fileBytes)
  bytes.write(magic, 0, 'latin1')
  bytes.writeUInt32BE(version, 4)
  bytes.write(keyIdHex, 8, keyIdBytes, 'hex')
  bytes.set(key, keyAt)
  bytes.set(sumOf(bytes), sumAt)
  return bytes
}

/** Returns the key. Throws `content_unreadable` when the bytes are no key file of this ID. */
export function decodeKeyFile(keyIdHex: string, bytes: Buffer): Buffer {
  const isWhole =
    bytes.length === fileBytes &&
    bytes.toString('latin1', 0, 4) === magic &&
    bytes.readUInt32BE(4) === version &&
    bytes.toString('hex', 8, 8 + keyIdBytes) === keyIdHex &&
    timingSafeEqual(sumOf(bytes), bytes.subarray(sumAt))
  if (!isWhole)
    throw new WhodidError(
      'content_unreadable',
      `the key file ${keyIdHex} expected ${fileBytes} bytes that fit their sum; got something else`,
    )
  return Buffer.from(bytes.subarray(keyAt, sumAt))
}

/** Overwrites the key where it stands, then removes its file: on a file system that writes in place, nothing is left. */
export async function shredKeyFile(path: string): Promise<void> {
  const handle = await orUndefined(systemFiles.open(path, 'r+'))
  if (handle === undefined) return
  try {
    const { size } = await handle.stat()
    await handle.write(Buffer.alloc(size), 0, size, 0)
    // A crash here leaves a file of zeroes, which opens nothing; the erasure is resumed at the next start.
    await handle.sync()
  } finally {
    await handle.close()
  }
  await systemFiles.rm(path, { force: true })
  await syncDirectory(systemFiles, dirname(path))
}

function sumOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes.subarray(0, sumAt)).digest()
}
