import { createHmac, randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { plainKeys, readIfThere as readFileIfThere, systemFiles } from '@whodid/tlog-posix'
import type { KeyWrapping } from '@whodid/tlog-posix'
import {
  createKeyFile,
  decodeKeyFile,
  encodeKeyFile,
  keyIdBytes,
  keyPath,
  shredKeyFile,
  tombstonePath,
} from './key-files.ts'
import type { Tombstone } from './key-files.ts'

/** What is derived from a subject's key: the key of its blocks, and that of its salts. */
export interface DerivedKeys {
  readonly blockKey: Buffer
  readonly saltKey: Buffer
}

/** A subject's key. */
export interface ContentKey extends DerivedKeys {
  readonly idHex: string
}

/** The state of a key. `unknown`: these keys have never held it, or it was removed without a record. */
export type KeyState =
  | ({ readonly state: 'live' } & DerivedKeys)
  | { readonly state: 'erased'; readonly tombstone: Tombstone }
  | { readonly state: 'unknown' }

/** Keys of subjects held in memory. */
const subjectsMax = 20_000

/** Milliseconds after which a key in memory is looked up again: another process may have erased it. */
const freshMs = 60_000

/** Times that one subject can be erased. */
const epochsMax = 10_000

/** Key files read or made at once. */
const filesAtOnce = 16

/**
 * The keys of subjects, one file each, in a directory apart from the database. A key's ID is an HMAC over its subject
 * under the directory's own secret: neither the ID nor a file names the subject. After an erasure the subject's next
 * text gets a new key under a new ID.
 */
export class ContentKeys {
  readonly #dir: string
  readonly #secret: Buffer
  readonly #wrapping: KeyWrapping
  readonly #cache = new Map<string, { readonly key: ContentKey; readonly readMs: number }>()
  readonly #making = new Map<string, Promise<ContentKey>>()

  private constructor(dir: string, secret: Buffer, wrapping: KeyWrapping) {
    this.#dir = dir
    this.#secret = secret
    this.#wrapping = wrapping
  }

  /**
   * Opens the keys in `dir`, which is made when absent; `wrapping` is the form that they have on the disk. Throws `invalid_config` when
   * there are keys and their secret is gone: subjects would no longer be found for erasure.
   */
  static async open(dir: string, wrapping: KeyWrapping = plainKeys): Promise<ContentKeys> {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await chmod(dir, 0o700)
    const path = join(dir, 'secret')
    if ((await readIfThere(path)) === undefined) {
      const names = await readdir(dir)
      if (names.some((name) => /^[0-9a-f]{2}$/u.test(name)))
        throw new WhodidError('invalid_config', `"${path}" expected 32 bytes; it is missing`)
      await createKeyFile(path, wrapping.wrap(path, randomBytes(32)))
    }
    const kept = await readIfThere(path)
    const secret = kept && wrapping.unwrap(path, kept)
    if (secret?.length !== 32)
      throw new WhodidError(
        'invalid_config',
        `"${path}" expected 32 bytes; got ${secret?.length ?? 0}`,
      )
    return new ContentKeys(dir, secret, wrapping)
  }

  /**
   * The keys that new text of these subjects is to be encrypted under, by subject. A key that is made is on the disk
   * before this resolves.
   */
  async keysFor(
    tenant: string,
    subjects: Iterable<string>,
  ): Promise<ReadonlyMap<string, ContentKey>> {
    const keys = new Map<string, ContentKey>()
    const missing: string[] = []
    for (const subject of subjects) {
      const cached = this.#cached(cacheName(tenant, subject))
      if (cached === undefined) missing.push(subject)
      else keys.set(subject, cached)
    }
    for (let at = 0; at < missing.length; at += filesAtOnce)
      await Promise.all(
        missing.slice(at, at + filesAtOnce).map(async (subject) => {
          keys.set(subject, await this.#load(tenant, subject))
        }),
      )
    return keys
  }

  /** The state of the key of this ID. */
  async find(keyIdHex: string): Promise<KeyState> {
    const tombstone = await this.#tombstone(keyIdHex)
    if (tombstone !== undefined) return { state: 'erased', tombstone }
    const key = await this.#read(keyIdHex)
    if (key === undefined) return { state: 'unknown' }
    return { state: 'live', ...derivedOf(key) }
  }

  /** The ID of a subject's live key; undefined when it has none. */
  async liveIdOf(tenant: string, subject: string): Promise<string | undefined> {
    const idHex = await this.#nextId(tenant, subject)
    return (await readIfThere(keyPath(this.#dir, idHex))) === undefined ? undefined : idHex
  }

  /** Destroys a key. Safe to repeat. From the moment the tombstone stands, the key counts as erased. */
  async destroy(keyIdHex: string, tombstone: Tombstone): Promise<void> {
    for (const [name, { key }] of this.#cache) if (key.idHex === keyIdHex) this.#cache.delete(name)
    await createKeyFile(tombstonePath(this.#dir, keyIdHex), `${JSON.stringify(tombstone)}\n`)
    // A crash here leaves a key that counts as erased and is still there: the erasure's next run removes it.
    await shredKeyFile(keyPath(this.#dir, keyIdHex))
  }

  #cached(name: string): ContentKey | undefined {
    const entry = this.#cache.get(name)
    if (entry === undefined || performance.now() - entry.readMs > freshMs) return undefined
    return entry.key
  }

  #load(tenant: string, subject: string): Promise<ContentKey> {
    const name = cacheName(tenant, subject)
    const under = this.#making.get(name)
    if (under !== undefined) return under
    const making = this.#loadOrMake(tenant, subject)
      .then((key) => {
        if (this.#cache.size >= subjectsMax) this.#dropOldest()
        this.#cache.set(name, { key, readMs: performance.now() })
        return key
      })
      .finally(() => this.#making.delete(name))
    this.#making.set(name, making)
    return making
  }

  async #loadOrMake(tenant: string, subject: string): Promise<ContentKey> {
    const idHex = await this.#nextId(tenant, subject)
    const kept = await this.#read(idHex)
    if (kept !== undefined) return { idHex, ...derivedOf(kept) }
    const path = keyPath(this.#dir, idHex)
    const key = randomBytes(32)
    const bytes = this.#wrapping.wrap(path, encodeKeyFile(idHex, key))
    if (await createKeyFile(path, bytes)) return { idHex, ...derivedOf(key) }
    // Another process made it in between.
    const made = await this.#read(idHex)
    return { idHex, ...derivedOf(made ?? decodeKeyFile(idHex, Buffer.alloc(0))) }
  }

  /** The key of an ID as it is on the disk; undefined where there is none. */
  async #read(keyIdHex: string): Promise<Buffer | undefined> {
    const path = keyPath(this.#dir, keyIdHex)
    const bytes = await readIfThere(path)
    return bytes && decodeKeyFile(keyIdHex, this.#wrapping.unwrap(path, bytes))
  }

  /** The first of a subject's IDs that was not erased. */
  async #nextId(tenant: string, subject: string): Promise<string> {
    for (let epoch = 0; epoch < epochsMax; epoch += 1) {
      const idHex = this.#idOf(tenant, subject, epoch)
      if ((await this.#tombstone(idHex)) === undefined) return idHex
    }
    throw new WhodidError('internal', `a subject expected at most ${epochsMax} erasures`)
  }

  async #tombstone(keyIdHex: string): Promise<Tombstone | undefined> {
    const bytes = await readIfThere(tombstonePath(this.#dir, keyIdHex))
    // Sound: written whole by `destroy` alone; a person who can write here already controls the text.
    return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as Tombstone)
  }

  #idOf(tenant: string, subject: string, epoch: number): string {
    return createHmac('sha256', this.#secret)
      .update(`key\0${epoch}\0${Buffer.byteLength(tenant)}\0${tenant}${subject}`)
      .digest('hex')
      .slice(0, keyIdBytes * 2)
  }

  #dropOldest(): void {
    let left = subjectsMax / 10
    for (const name of this.#cache.keys()) {
      if (left === 0) return
      this.#cache.delete(name)
      left -= 1
    }
  }
}

/** The subject's key itself does nothing else, so that no two algorithms share one. */
function derivedOf(key: Buffer): DerivedKeys {
  return {
    blockKey: createHmac('sha256', key).update('WDB2').digest(),
    saltKey: createHmac('sha256', key).update('WDS2').digest(),
  }
}

function cacheName(tenant: string, subject: string): string {
  return `${tenant}\0${subject}`
}

function readIfThere(path: string): Promise<Buffer | undefined> {
  return readFileIfThere(systemFiles, path)
}
