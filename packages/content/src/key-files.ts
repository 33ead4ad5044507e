import { createHash, timingSafeEqual } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { keyIdBytes } from './content-part.ts'

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

const magic = 'WDTK'
const version = 1
const keyAt = 24
const keyBytes = 32
const sumAt = keyAt + keyBytes
const fileBytes = sumAt + 32

/** What is left of a key that was destroyed. Holds nothing of whom it was about. */
export interface Tombstone {
  readonly erasure: string
  readonly erased_at: string
  /** The record in the ledger, `<trace>-<span>`. */
  readonly record: string
}

/** Puts a file in its place whole or not at all, and durably; false when something stands there already. */
export async function createFile(path: string, bytes: Buffer | string): Promise<boolean> {
  const draft = `${path}.${process.pid}.${(drafts += 1)}.new`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeSynced(draft, bytes)
  try {
    // A crash before the directory is flushed leaves the file or none, never half of one.
    await link(draft, path)
    return true
  } catch (thrown) {
    if (hasCode(thrown, 'EEXIST')) return false
    throw thrown
  } finally {
    await rm(draft, { force: true })
    await syncDirectoryOf(path)
  }
}

let drafts = 0

/** Puts a file in the place of what stands there, whole and durably. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.${(drafts += 1)}.new`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeSynced(draft, text)
  await rename(draft, path)
  await syncDirectoryOf(path)
}

/** A file's bytes; undefined when there is none. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (thrown) {
    if (hasCode(thrown, 'ENOENT')) return undefined
    throw thrown
  }
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

/** Throws `content_unreadable` for what is no key file of this ID. */
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
  try {
    const handle = await open(path, 'r+')
    try {
      await handle.write(Buffer.alloc(fileBytes), 0, fileBytes, 0)
      // A crash here leaves a file of zeroes, which opens nothing; the erasure is taken up again at the next start.
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (thrown) {
    if (hasCode(thrown, 'ENOENT')) return
    throw thrown
  }
  await rm(path, { force: true })
  await syncDirectoryOf(path)
}

function sumOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes.subarray(0, sumAt)).digest()
}

async function writeSynced(path: string, bytes: Buffer | string): Promise<void> {
  const handle = await open(path, 'w', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function syncDirectoryOf(path: string): Promise<void> {
  const handle = await open(dirname(path), 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && Reflect.get(thrown, 'code') === code
}
