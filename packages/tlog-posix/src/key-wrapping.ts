import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { basename, join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { listIfThere, readIfThere, systemFiles, writeDurably } from './durable.ts'

/*
 * A wrapped key, byte by byte. The file keeps its name, which the tag covers: one key does not pass for another.
 *
 *   0  4  "WDKW"
 *   4  1  version, 1
 *   5 12  nonce, random for each write
 *  17  n  the file's bytes, AES-256-GCM under the master key
 *  …  16  tag
 */

/** The form in which private keys lie on the disk. */
export interface KeyWrapping {
  /** Returns the bytes to write to a key's file. */
  wrap(path: string, key: string | Uint8Array): Buffer
  /** Returns what was given to `wrap`. Throws `invalid_config` for bytes in another form; the message quotes none of them. */
  unwrap(path: string, bytes: Buffer): Buffer
}

/** Bytes of a master key. */
export const masterKeyBytes = 32

const magic = 'WDKW'
const version = 1
const nonceAt = 5
const cipherAt = 17
const tagBytes = 16

/** Keys that lie on the disk as they are, protected by the mode of their files alone. */
export const plainKeys: KeyWrapping = {
  wrap: (_, key) => Buffer.from(key),
  unwrap: (path, bytes) => {
    if (!isWrapped(bytes)) return bytes
    throw new WhodidError(
      'invalid_config',
      `"${path}" expected the program that unwraps it, in WHODID_KEYS_COMMAND; it is not set`,
    )
  },
}

/** Wraps keys under a master key of {@link masterKeyBytes} bytes. A plain key is refused: it would show that somebody put it there. */
export function wrappedKeys(masterKey: Buffer): KeyWrapping {
  return {
    wrap: (path, key) => {
      const nonce = randomBytes(cipherAt - nonceAt)
      const cipher = createCipheriv('aes-256-gcm', masterKey, nonce).setAAD(nameOf(path))
      const sealed = Buffer.concat([cipher.update(Buffer.from(key)), cipher.final()])
      const head = Buffer.from(magic, 'latin1')
      return Buffer.concat([head, Buffer.of(version), nonce, sealed, cipher.getAuthTag()])
    },
    unwrap: (path, bytes) => {
      if (!isWrapped(bytes))
        throw new WhodidError(
          'invalid_config',
          `"${path}" expected a wrapped key; it lies there as it is: run "whodid keys wrap" if that is how it should be`,
        )
      try {
        const decipher = createDecipheriv(
          'aes-256-gcm',
          masterKey,
          bytes.subarray(nonceAt, cipherAt),
        )
        decipher.setAAD(nameOf(path)).setAuthTag(bytes.subarray(bytes.length - tagBytes))
        const sealed = bytes.subarray(cipherAt, bytes.length - tagBytes)
        return Buffer.concat([decipher.update(sealed), decipher.final()])
      } catch {
        throw new WhodidError(
          'invalid_config',
          `"${path}" expected a key that this master key has wrapped under this name; it is damaged or another's`,
        )
      }
    },
  }
}

/** True for the bytes of a wrapped key. */
export function isWrapped(bytes: Buffer): boolean {
  const isLongEnough = bytes.length >= cipherAt + tagBytes
  return isLongEnough && bytes.toString('latin1', 0, 4) === magic && bytes[4] === version
}

/** The private keys in a directory of keys, each as its file. */
export async function listKeyFiles(keysDir: string): Promise<string[]> {
  const own = (await listIfThere(systemFiles, keysDir)).filter(
    (name) =>
      /^log-[^/]*\.json$/u.test(name) || name.endsWith('.skey') || name === 'instance-issuer.jwk',
  )
  const contentDir = join(keysDir, 'content')
  const paths = own.map((name) => join(keysDir, name))
  for (const name of (await listIfThere(systemFiles, contentDir)).toSorted()) {
    if (name === 'secret') paths.push(join(contentDir, name))
    if (!/^[0-9a-f]{2}$/u.test(name)) continue
    const keys = await listIfThere(systemFiles, join(contentDir, name))
    paths.push(
      ...keys.filter((key) => key.endsWith('.key')).map((key) => join(contentDir, name, key)),
    )
  }
  return paths
}

/**
 * Writes every private key in a directory in another form, and returns how many were in the first. Safe to repeat: a crash leaves some
 * keys in each form, each of them whole, and the next run writes the rest. Nothing else may use the directory meanwhile.
 */
export async function rewrapKeys(
  keysDir: string,
  { from, to }: { readonly from: KeyWrapping; readonly to: KeyWrapping },
): Promise<number> {
  let written = 0
  for (const path of await listKeyFiles(keysDir)) {
    const bytes = await readIfThere(systemFiles, path)
    if (bytes === undefined || isWrapped(bytes) === (to !== plainKeys)) continue
    await writeDurably(systemFiles, path, to.wrap(path, from.unwrap(path, bytes)))
    written += 1
  }
  return written
}

function nameOf(path: string): Buffer {
  return Buffer.from(basename(path))
}
