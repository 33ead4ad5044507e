import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { formatKeyEpochs, generateNoteKey, parseSkey, signKeyChange, signNote } from '@whodid/tlog'
import type { KeyEpoch, NoteSigner } from '@whodid/tlog'
import {
  logName,
  makeDirectory,
  plainKeys,
  readIfThere,
  syncDirectory,
  writeDurably,
} from '@whodid/tlog-posix'
import type { FilePort, KeyWrapping } from '@whodid/tlog-posix'
import { formatKeyFile, parseKeyFile, parseNextKey } from './key-file.ts'
import type { NextKey, PrivateEpoch } from './key-file.ts'

/** The place of a log's keys, and the facts about the log. */
export interface KeyRingOptions {
  readonly files: FilePort
  readonly keysDir: string
  /** The form of the private keys on the disk; default plain. */
  readonly wrapping?: KeyWrapping | undefined
  readonly origin: string
  /** True when a checkpoint exists, which only these keys can have signed. */
  readonly hasCheckpoint: boolean
  readonly nowUnixMs: () => number
}

/**
 * The private keys of one log, in a directory apart from the tree and the database, and the sizes that each may sign. Makes
 * the first key at the first start.
 */
export class KeyRing {
  readonly #options: KeyRingOptions
  #epochs: readonly PrivateEpoch[]
  #signers = new Map<string, NoteSigner>()

  private constructor(options: KeyRingOptions, epochs: readonly PrivateEpoch[]) {
    this.#options = options
    this.#epochs = epochs
  }

  /** Throws `seal_failed` when checkpoints exist and their key does not, `invalid_config` when the file is damaged or another log's. */
  static async open(options: KeyRingOptions): Promise<KeyRing> {
    const { files, keysDir, origin, hasCheckpoint } = options
    await makeDirectory(files, keysDir)
    const text = await readKeyText(options, keyFilePath(keysDir, origin))
    // A file that a killed run made can be read and may not be on the disk yet: before anything is signed, it is.
    await syncDirectory(files, keysDir)
    if (text !== undefined) return new KeyRing(options, parseKeyFile(text, origin))
    if (hasCheckpoint)
      throw new WhodidError(
        'seal_failed',
        `"${keyFilePath(keysDir, origin)}" expected the key of the log, which has signed checkpoints; it is missing`,
      )
    const made = { ...generateNoteKey(origin, 'note'), fromSize: 0, toSize: null, retiresMs: null }
    const ring = new KeyRing(options, [made])
    // A crash before this leaves no key, and nothing has been signed.
    await ring.#save([made])
    return ring
  }

  /** The public keys, for verifiers. Holds no secret. */
  get epochs(): readonly KeyEpoch[] {
    return this.#epochs.map(({ vkey, fromSize, toSize }) => ({ vkey, fromSize, toSize }))
  }

  /** The same as text, for the file beside the tree. */
  get publicText(): string {
    return formatKeyEpochs(this.epochs)
  }

  /** The key in force. */
  get vkey(): string {
    return this.#epochs.at(-1)?.vkey ?? ''
  }

  /** Signs a checkpoint with every key that may sign its size. */
  sign(text: string, size: number): string {
    const signers = this.#epochs
      .filter(({ toSize, fromSize }) => toSize === null && fromSize <= size)
      .map(({ vkey, skey }) => this.#signer(vkey, skey))
    return signNote(text, signers)
  }

  /** The statement that the key in force names the new one, signed by both. */
  signChange(next: NextKey): string {
    const { vkey, skey } = this.#epochs.at(-1) ?? next
    return signKeyChange(this.#signer(vkey, skey), parseSkey(next.skey))
  }

  /** The key that `whodid keys rotate` has left, if any; one that is in force already is no next key. */
  async next(): Promise<NextKey | undefined> {
    const { keysDir, origin } = this.#options
    const text = await readKeyText(this.#options, nextKeyPath(keysDir, origin))
    if (text === undefined) return undefined
    const next = parseNextKey(text, origin)
    if (!this.#epochs.some(({ vkey }) => vkey === next.vkey)) return next
    // A crash between taking the key over and this left it behind.
    await this.#forgetNext()
    return undefined
  }

  /** Begins the next epoch: from this size on the new key signs, and for the overlap the old one too. */
  async rotate(next: NextKey, fromSize: number): Promise<void> {
    const retiresMs = this.#options.nowUnixMs() + next.overlapMs
    const { vkey, skey } = next
    const epochs = this.#epochs.map((epoch) =>
      epoch.toSize === null ? { ...epoch, retiresMs } : epoch,
    )
    await this.#save([...epochs, { vkey, skey, fromSize, toSize: null, retiresMs: null }])
    await this.#forgetNext()
  }

  /** Ends the keys whose overlap is over: `signedSize` is the last size they signed, and the private half is erased. */
  async retire(signedSize: number): Promise<boolean> {
    const nowMs = this.#options.nowUnixMs()
    const isDue = (epoch: PrivateEpoch): boolean =>
      epoch.toSize === null && epoch.retiresMs !== null && epoch.retiresMs <= nowMs
    if (!this.#epochs.some(isDue) || signedSize < (this.#epochs.at(-1)?.fromSize ?? 0)) return false
    await this.#save(
      this.#epochs.map((epoch) =>
        isDue(epoch) ? { ...epoch, skey: '', toSize: signedSize, retiresMs: null } : epoch,
      ),
    )
    return true
  }

  #signer(vkey: string, skey: string): NoteSigner {
    const signer = this.#signers.get(vkey) ?? parseSkey(skey)
    this.#signers.set(vkey, signer)
    return signer
  }

  async #save(epochs: readonly PrivateEpoch[]): Promise<void> {
    const { files, keysDir, origin, wrapping = plainKeys } = this.#options
    const path = keyFilePath(keysDir, origin)
    await writeDurably(files, path, wrapping.wrap(path, formatKeyFile(origin, epochs)))
    this.#epochs = epochs
  }

  async #forgetNext(): Promise<void> {
    const { files, keysDir, origin } = this.#options
    await files.rm(nextKeyPath(keysDir, origin), { force: true })
  }
}

/** The text of a key's file, unwrapped; undefined where there is none. */
async function readKeyText(
  { files, wrapping = plainKeys }: Pick<KeyRingOptions, 'files' | 'wrapping'>,
  path: string,
): Promise<string | undefined> {
  const bytes = await readIfThere(files, path)
  return bytes && wrapping.unwrap(path, bytes).toString('utf8')
}

/** The file of a log's private keys. */
function keyFilePath(keysDir: string, origin: string): string {
  return join(keysDir, `log-${logName(origin)}.json`)
}

/** The file in which `whodid keys rotate` leaves the next key of a log. */
export function nextKeyPath(keysDir: string, origin: string): string {
  return join(keysDir, `log-${logName(origin)}.next.json`)
}
