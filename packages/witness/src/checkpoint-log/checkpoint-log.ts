import { dirname, join } from 'node:path'
import { WhodidError } from '@whodid/model'
import {
  leafHash,
  parseNote,
  parseVkey,
  ProofError,
  tileWidth,
  verifySignatures,
} from '@whodid/tlog'
import type { NoteSigner, NoteVerifier } from '@whodid/tlog'
import { originHashOf } from '../protocol/witness.ts'
import type { WitnessState } from '../protocol/witness.ts'
import { fileState } from '../service/witness-state.ts'
import { formatCheckpointLogRecord, parseCheckpointLogEntry } from './entry.ts'
import type { CheckpointLogRecord } from './entry.ts'
import { makeDirectory, readIfThere, writeDurably } from '@whodid/tlog-posix'
import { LogEntries } from './log-entries.ts'
import { CheckpointLogRegistry } from './registry.ts'
import { CheckpointLogTree } from './tree.ts'
import type { CheckpointLogTreeOptions } from './tree.ts'

/** The keys, clock and storage of a checkpoint log. */
export interface CheckpointLogOptions extends CheckpointLogTreeOptions {
  /** The key that acknowledges checkpoints, of kind `cosignature`. */
  readonly receipts: NoteSigner
  /** Seconds since 1970. */
  readonly nowS: () => number
  /** Seconds without an entry after which it appends a heartbeat. */
  readonly heartbeatS: number
}

/** The number of entries after which the registry is saved again; at most so many are replayed at a start. */
const entriesPerSave = 4_096

/**
 * A log of the checkpoints of logs. It works like a witness that keeps its whole history: it takes a checkpoint only when that
 * continues the one before, and acknowledges it only once it is a durable leaf. `sign` puts the leaves under a checkpoint of its own.
 */
export class CheckpointLog {
  readonly #options: CheckpointLogOptions
  readonly #tree: CheckpointLogTree
  readonly #registry: CheckpointLogRegistry
  /** The leaf hashes of the entries that are durable and not signed yet. */
  readonly #unsigned: Buffer[]
  #entries: LogEntries
  #savedSize: number
  /** The origin of every registered log, by the hash under which a witness keeps the log. */
  #origins: ReadonlyMap<string, string> = new Map()

  private constructor(
    options: CheckpointLogOptions,
    parts: {
      tree: CheckpointLogTree
      registry: CheckpointLogRegistry
      entries: LogEntries
      unsigned: Buffer[]
    },
    savedSize: number,
  ) {
    this.#options = options
    this.#tree = parts.tree
    this.#registry = parts.registry
    this.#entries = parts.entries
    this.#unsigned = parts.unsigned
    this.#savedSize = savedSize
  }

  /**
   * Opens the directory and continues after the last run. Throws `seal_failed` when it was rolled back or altered,
   * `invalid_config` when another key began it.
   */
  static async open(options: CheckpointLogOptions): Promise<CheckpointLog> {
    const { files, dir, receipts } = options
    await makeDirectory(files, dir)
    await makeDirectory(files, dirname(options.headPath))
    const tree = await CheckpointLogTree.open(options)
    const saved = await readIfThere(files, join(dir, 'registry'))
    const registry =
      saved === undefined
        ? new CheckpointLogRegistry()
        : CheckpointLogRegistry.load(saved.toString('utf8'))
    const savedSize = registry.size
    const unsigned: Buffer[] = []
    const from = savedSize - (savedSize % tileWidth)
    let place = from
    const onDurable = (bytes: Buffer): void => {
      if (place >= registry.size) applyEntry(registry, bytes)
      if (place >= tree.size) unsigned.push(leafHash(bytes))
      place += 1
    }
    const isWhole = (bytes: Buffer, index: number): boolean =>
      index < tree.size || isIntact(bytes, registry)
    const entries = await LogEntries.open(
      { files, dir, onDurable, problemOf: (bytes) => problemOf(registry, bytes) },
      from,
      isWhole,
    )
    if (savedSize > tree.size || entries.size < tree.size)
      throw new WhodidError(
        'seal_failed',
        `the meta-log expected at least the ${Math.max(savedSize, tree.size)} entries it has signed; got ${Math.min(entries.size, tree.size)}: it was put back`,
      )
    await tree.checkHead(unsigned)
    const log = new CheckpointLog(options, { tree, registry, entries, unsigned }, savedSize)
    if (entries.size === 0)
      await log.append({ kind: 'begin', timeS: options.nowS(), vkey: receipts.verifier.vkey })
    const known = registry.receiptKey?.vkey
    if (known !== receipts.verifier.vkey)
      throw new WhodidError(
        'invalid_config',
        `the key of the meta-log expected to be the one that it began with, "${known ?? ''}"; got "${receipts.verifier.vkey}"`,
      )
    return log
  }

  get registry(): CheckpointLogRegistry {
    return this.#registry
  }

  /** The number of entries that are signed. */
  get size(): number {
    return this.#tree.size
  }

  get reader(): CheckpointLogTree['reader'] {
    return this.#tree.reader
  }

  /** The state that the checks of a witness read and write; a write appends an entry. */
  get state(): WitnessState {
    const { dir } = this.#options
    return {
      read: (originHash) => Promise.resolve(this.#newestOf(originHash)),
      write: async (originHash, note) => {
        const known = this.#newestOf(originHash)
        // The answer to an earlier request was lost: the leaf is already there.
        if (known !== undefined && textOf(known) === textOf(note)) return
        await this.#entries.append(Buffer.from(note))
      },
      keepConflict: fileState(join(dir, 'refused')).keepConflict,
    }
  }

  get verifiers(): readonly NoteVerifier[] {
    return this.#registry.verifiers
  }

  /** Appends a record; resolves when it is durable. */
  async append(record: CheckpointLogRecord): Promise<void> {
    await this.#entries.append(formatCheckpointLogRecord(record), true)
  }

  /** Registers a key, unless it is registered. Returns the reason when it cannot. */
  async register(vkey: string): Promise<string | undefined> {
    const { name } = parseVkey(vkey)
    const log = this.#registry.log(name)
    if (log?.keys.some((key) => key.vkey === vkey) === true) return undefined
    const kind = log === undefined ? 'collector-add' : 'key-epoch'
    const record = { kind, timeS: this.#options.nowS(), vkey } as const
    const problem = this.#registry.problemOf(record)
    if (problem === undefined) await this.append(record)
    return problem
  }

  /** Records that a log has ended, unless that is recorded. Returns the reason when it cannot. */
  async retire(origin: string): Promise<string | undefined> {
    const log = this.#registry.log(origin)
    if (log === undefined) return `${origin} is not registered`
    if (log.retiredS === null)
      await this.append({ kind: 'collector-retire', timeS: this.#options.nowS(), origin })
    return undefined
  }

  /**
   * Signs the new entries, or a heartbeat after a long time without any. Resolves with the new checkpoint once it is published, with
   * undefined when there was nothing to sign. Must not be called again before it resolves.
   */
  async sign(): Promise<string | undefined> {
    const { files, dir, nowS, heartbeatS } = this.#options
    if (this.#unsigned.length === 0) {
      if (nowS() - this.#registry.lastS < heartbeatS) return undefined
      await this.append({ kind: 'heartbeat', timeS: nowS() })
    }
    const leaves = [...this.#unsigned]
    const note = await this.#tree.sign(leaves)
    this.#unsigned.splice(0, leaves.length)
    const isQuiet = this.#registry.size === this.#tree.size
    if (isQuiet && this.#tree.size - this.#savedSize >= entriesPerSave) {
      const { size } = this.#registry
      await writeDurably(files, join(dir, 'registry'), this.#registry.save())
      this.#savedSize = size
    }
    return note
  }

  /** Resolves when no entry waits to be written. */
  async settled(): Promise<void> {
    await this.#entries.settled()
  }

  #newestOf(originHash: string): string | undefined {
    const { logs } = this.#registry
    if (this.#origins.size !== logs.length)
      this.#origins = new Map(logs.map(({ origin }) => [originHashOf(origin), origin]))
    const origin = this.#origins.get(originHash)
    return origin === undefined ? undefined : this.#registry.log(origin)?.newest?.note
  }
}

/** Applies an entry of the log's own directory. Throws if it does not fit the registry: then somebody else wrote the directory. */
function applyEntry(registry: CheckpointLogRegistry, bytes: Buffer): void {
  const place = registry.size
  const entry = parseCheckpointLogEntry(bytes)
  const problem = entry === undefined ? 'it is no entry' : registry.apply(entry)
  if (problem !== undefined)
    throw new WhodidError(
      'seal_failed',
      `entry ${place} of the meta-log expected what may stand there; ${problem}`,
    )
}

function problemOf(registry: CheckpointLogRegistry, bytes: Buffer): string | undefined {
  const entry = parseCheckpointLogEntry(bytes)
  return entry === undefined ? 'it is no entry' : registry.problemOf(entry)
}

/** Returns true when an unsigned entry is intact: a crash may have left any part of it. */
function isIntact(bytes: Buffer, registry: CheckpointLogRegistry): boolean {
  const entry = parseCheckpointLogEntry(bytes)
  if (entry?.kind !== 'checkpoint') return entry !== undefined
  const keys = registry.log(entry.origin)?.keys.map(({ vkey }) => parseVkey(vkey)) ?? []
  const receiptKey = registry.receiptKey
  try {
    const { text, signatures } = parseNote(bytes)
    const trusted = receiptKey === undefined ? keys : [receiptKey, ...keys]
    const verified = verifySignatures(text, signatures, trusted)
    return verified.length === signatures.length && verified.some(({ key }) => key === receiptKey)
  } catch (error) {
    if (error instanceof ProofError) return false
    throw error
  }
}

function textOf(note: string): string {
  return parseNote(note).text
}
