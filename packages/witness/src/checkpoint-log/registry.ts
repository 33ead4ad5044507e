import { parseNote, parseVkey } from '@whodid/tlog'
import type { NoteVerifier } from '@whodid/tlog'
import type { CheckpointLogEntry } from './entry.ts'

/** A log that a checkpoint log knows, by its entries up to some place. */
export interface RegisteredLog {
  readonly origin: string
  /** Oldest first. */
  readonly keys: readonly RegisteredKey[]
  readonly addedS: number
  /** The time at which it was retired; null while it is active. */
  readonly retiredS: number | null
  /** The checkpoint that was taken last; null before the first. */
  readonly newest: TakenCheckpoint | null
  readonly checkpointCount: number
}

/** A key of a log, and the entry from which on it signs. */
interface RegisteredKey {
  readonly vkey: string
  readonly fromEntry: number
}

/** A checkpoint of a log, as an entry. */
export interface TakenCheckpoint {
  readonly entry: number
  readonly note: string
  /** The time at which the checkpoint log took it, in seconds since 1970, by its own clock. */
  readonly timeS: number
}

/** The most logs that one checkpoint log knows; more are refused. */
const logsMax = 4_096
/** The most keys of one log. */
const keysMax = 1_000

/** The result of a checkpoint log's entries: the logs that must exist, their keys, and the newest checkpoint of each. */
export class CheckpointLogRegistry {
  readonly #logs = new Map<string, RegisteredLog>()
  #receiptKey: NoteVerifier | undefined
  #verifiers: readonly NoteVerifier[] = []
  #size = 0
  #lastS = 0

  /** The number of entries that were applied. */
  get size(): number {
    return this.#size
  }

  /** The time of the newest entry, in seconds since 1970. */
  get lastS(): number {
    return this.#lastS
  }

  /** The key that acknowledges checkpoints; undefined before the first entry. */
  get receiptKey(): NoteVerifier | undefined {
    return this.#receiptKey
  }

  get logs(): readonly RegisteredLog[] {
    return [...this.#logs.values()]
  }

  /** The keys of the logs that are not retired. */
  get verifiers(): readonly NoteVerifier[] {
    return this.#verifiers
  }

  log(origin: string): RegisteredLog | undefined {
    return this.#logs.get(origin)
  }

  /** Applies the next entry. Returns the reason when a correct checkpoint log cannot have it at this place, otherwise undefined. */
  apply(entry: CheckpointLogEntry): string | undefined {
    const place = this.#size
    const problem = this.problemOf(entry)
    this.#size += 1
    if (problem === undefined) this.#change(entry, place)
    return problem
  }

  /** Returns the whole registry as JSON, to load after a restart. */
  save(): string {
    return JSON.stringify({
      size: this.#size,
      lastS: this.#lastS,
      receiptKey: this.#receiptKey?.vkey,
      logs: this.logs,
    })
  }

  /** Reads the output of `save`. Does NOT check its shape, so the text must come from `save`. */
  static load(text: string): CheckpointLogRegistry {
    // Sound: the file is in the checkpoint log's own directory, and a verifier replays the entries instead.
    const saved = JSON.parse(text) as {
      readonly size: number
      readonly lastS: number
      readonly receiptKey: string
      readonly logs: readonly RegisteredLog[]
    }
    const registry = new CheckpointLogRegistry()
    registry.#size = saved.size
    registry.#lastS = saved.lastS
    registry.#receiptKey = parseVkey(saved.receiptKey)
    for (const log of saved.logs) registry.#logs.set(log.origin, log)
    registry.#collectKeys()
    return registry
  }

  /** Returns the reason why an entry cannot be the next one; undefined when it can. */
  problemOf(entry: CheckpointLogEntry): string | undefined {
    if ((entry.kind === 'begin') !== (this.#size === 0))
      return `expected the record "begin" first, and once; got "${entry.kind}"`
    switch (entry.kind) {
      case 'begin':
        return isOfKind(entry.vkey, 'cosignature') ? undefined : 'expected a key that cosigns'
      case 'heartbeat':
        return undefined
      case 'collector-add':
        return this.#problemOfAdd(entry.vkey)
      case 'key-epoch':
        return this.#problemOfKey(entry.vkey)
      case 'collector-retire':
      case 'checkpoint':
        return this.#problemOfLog(entry.origin)
    }
  }

  #problemOfAdd(vkey: string): string | undefined {
    const origin = parseVkey(vkey).name
    if (!isOfKind(vkey, 'note')) return 'expected a key that signs notes'
    if (this.#logs.has(origin)) return `${origin} is registered already`
    return this.#logs.size < logsMax ? undefined : `${logsMax} logs are registered already`
  }

  #problemOfKey(vkey: string): string | undefined {
    const origin = parseVkey(vkey).name
    if (!isOfKind(vkey, 'note')) return 'expected a key that signs notes'
    const keys = this.#logs.get(origin)?.keys ?? []
    if (keys.some((key) => key.vkey === vkey)) return `the key of ${origin} is registered already`
    if (keys.length >= keysMax) return `${origin} has ${keysMax} keys already`
    return this.#problemOfLog(origin)
  }

  #problemOfLog(origin: string): string | undefined {
    const log = this.#logs.get(origin)
    if (log === undefined) return `${origin} is not registered`
    return log.retiredS === null ? undefined : `${origin} was retired`
  }

  #change(entry: CheckpointLogEntry, place: number): void {
    if (entry.kind === 'begin') this.#receiptKey = parseVkey(entry.vkey)
    const timeS = entry.kind === 'checkpoint' ? this.#timeOf(entry.note) : entry.timeS
    this.#lastS = Math.max(this.#lastS, timeS)
    if (entry.kind === 'begin' || entry.kind === 'heartbeat') return
    const origin = originOf(entry)
    if (entry.kind === 'collector-add') {
      const keys = [{ vkey: entry.vkey, fromEntry: place }]
      const fresh = { retiredS: null, newest: null, checkpointCount: 0 }
      this.#logs.set(origin, { origin, keys, addedS: timeS, ...fresh })
      this.#collectKeys()
      return
    }
    const log = this.#logs.get(origin)
    if (log === undefined) return
    if (entry.kind === 'checkpoint') {
      const checkpointCount = log.checkpointCount + 1
      const newest = { entry: place, note: entry.note, timeS }
      this.#logs.set(origin, { ...log, newest, checkpointCount })
      return
    }
    const changed =
      entry.kind === 'key-epoch'
        ? { keys: [...log.keys, { vkey: entry.vkey, fromEntry: place }] }
        : { retiredS: timeS }
    this.#logs.set(origin, { ...log, ...changed })
    this.#collectKeys()
  }

  /** Returns the time in the checkpoint log's own cosignature. A verified root over the entry covers it. */
  #timeOf(note: string): number {
    const key = this.#receiptKey
    const own = parseNote(note).signatures.find(
      ({ name, id, signature }) => name === key?.name && id === key.id && signature.length >= 8,
    )
    return own === undefined ? 0 : Number(own.signature.readBigUInt64BE(0))
  }

  #collectKeys(): void {
    this.#verifiers = this.logs
      .filter(({ retiredS }) => retiredS === null)
      .flatMap(({ keys }) => keys.map(({ vkey }) => parseVkey(vkey)))
  }
}

function originOf(entry: Exclude<CheckpointLogEntry, { kind: 'begin' | 'heartbeat' }>): string {
  return 'origin' in entry ? entry.origin : parseVkey(entry.vkey).name
}

function isOfKind(vkey: string, kind: NoteVerifier['kind']): boolean {
  return parseVkey(vkey).kind === kind
}
