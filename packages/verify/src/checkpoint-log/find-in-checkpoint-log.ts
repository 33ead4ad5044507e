import {
  leafHash,
  parseCheckpoint,
  parseNote,
  ProofError,
  proveInclusion,
  tileWidth,
  verifyEpochCheckpoint,
  verifyInclusion,
  verifyNote,
} from '@whodid/tlog'
import type { Checkpoint, KeyEpoch, NoteVerifier } from '@whodid/tlog'
import { createUrlSource, parseCheckpointLogEntry } from '@whodid/witness'
import type { CheckpointLogSource } from '@whodid/witness'
import { readBundle } from './read-checkpoint-log.ts'

/**
 * The checkpoint log that takes the checkpoints of the logs here.
 *
 * @example
 * ```ts
 * const endpoint: CheckpointLogEndpoint = { url: 'https://log.example', receiptKey: parseVkey(vkey) }
 * ```
 */
export interface CheckpointLogEndpoint {
  /** The key that acknowledges checkpoints; its name is the checkpoint log's name. */
  readonly receiptKey: NoteVerifier
  readonly url: string
  /** The key that signs the checkpoint log's own checkpoints. Default: that signature is not verified here. */
  readonly key?: NoteVerifier | undefined
}

/** A record's place in a log. */
interface WantedPlace {
  readonly origin: string
  readonly epochs: readonly KeyEpoch[]
  readonly index: number
}

/**
 * A log's checkpoint as a proven entry of the checkpoint log, or the reason that there is none.
 *
 * @example
 * ```ts
 * const found: FoundInCheckpointLog = await findInCheckpointLog(endpoint, wanted)
 * if (found.state !== 'included') console.warn(found.why)
 * ```
 */
export type FoundInCheckpointLog =
  | {
      readonly state: 'included'
      /** The checkpoint log's name, and the entry's place in it. */
      readonly log: string
      readonly index: number
      /** The note of the log's checkpoint, as the checkpoint log took it; it covers the wanted place. */
      readonly entry: string
      /** The inclusion proof, from the entry's sibling upwards. */
      readonly proof: readonly Buffer[]
      /** The note of the checkpoint log's checkpoint, with its cosignatures, if any. */
      readonly checkpoint: string
    }
  /** `pending`: it has taken no checkpoint that covers the place yet. `failed`: its answer failed verification. */
  | { readonly state: 'pending' | 'unreachable' | 'failed'; readonly why: string }

/** Milliseconds for all requests to the checkpoint log together. */
const timeoutMs = 5_000

/** The number of entry bundles searched, from the newest: 16,384 entries. */
const bundlesMax = 64

/**
 * Finds the newest checkpoint of a log that the checkpoint log has taken, and proves that it is an entry: under the newest cosigned
 * checkpoint if that covers the place, else under the newest. Never throws for an answer or a failure of the checkpoint log.
 *
 * @example
 * ```ts
 * const found = await findInCheckpointLog({ url, receiptKey }, { origin, epochs, index: 42 })
 * if (found.state === 'included') console.log(found.log, found.index)
 * ```
 */
export async function findInCheckpointLog(
  endpoint: CheckpointLogEndpoint,
  wanted: WantedPlace,
): Promise<FoundInCheckpointLog> {
  const source = createUrlSource(endpoint.url, AbortSignal.timeout(timeoutMs))
  const name = endpoint.receiptKey.name
  let why = `the meta-log ${name} has no checkpoint yet`
  try {
    for (const which of ['cosigned', 'checkpoint']) {
      const note = (await source.read(which))?.toString()
      if (note === undefined) continue
      const found = await findUnder(source, readNewest(note, endpoint), { ...endpoint, ...wanted })
      if (typeof found !== 'string') return { ...found, log: name, checkpoint: note }
      why = found
    }
    return { state: 'pending', why }
  } catch (thrown) {
    const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown
    const text = cause instanceof Error ? cause.message : 'unknown failure'
    if (thrown instanceof ProofError)
      return { state: 'failed', why: `the meta-log ${name} does not hold: ${text}` }
    return { state: 'unreachable', why: `the meta-log ${name} could not be read: ${text}` }
  }
}

function readNewest(note: string, { receiptKey, key }: CheckpointLogEndpoint): Checkpoint {
  const { text } = key === undefined ? parseNote(note) : verifyNote(note, [key])
  const checkpoint = parseCheckpoint(text)
  if (checkpoint.origin === receiptKey.name) return checkpoint
  throw new ProofError('origin_mismatch', `its checkpoint is of "${checkpoint.origin}"`)
}

/** Returns the newest entry that covers the place, and its proof; or the reason that there is none. */
async function findUnder(
  source: CheckpointLogSource,
  { size, root }: Checkpoint,
  wanted: WantedPlace & Pick<CheckpointLogEndpoint, 'receiptKey'>,
): Promise<Pick<Found, 'state' | 'index' | 'entry' | 'proof'> | string> {
  const last = Math.max(Math.ceil(size / tileWidth), 1) - 1
  for (let bundle = last; bundle >= 0 && bundle > last - bundlesMax; bundle -= 1) {
    const first = bundle * tileWidth
    const entries = size === 0 ? [] : await readBundle(source, first, size)
    for (const [place, bytes] of [...entries.entries()].toReversed()) {
      const taken = readTaken(bytes, wanted)
      if (taken === undefined) continue
      if (taken.size <= wanted.index) return `the meta-log has taken ${taken.size} records of it`
      const index = first + place
      const proof = await proveInclusion(source, index, size)
      verifyInclusion({ leaf: leafHash(bytes), index, size, root, proof })
      return { state: 'included', index, entry: bytes.toString(), proof }
    }
  }
  return `none of the meta-log's newest ${Math.min(size, bundlesMax * tileWidth)} entries is a checkpoint of ${wanted.origin}`
}

type Found = Extract<FoundInCheckpointLog, { readonly state: 'included' }>

/** Returns a checkpoint of the log that the checkpoint log acknowledged; undefined for other entries. Throws `ProofError` for a false signature. */
function readTaken(
  bytes: Buffer,
  { origin, epochs, receiptKey }: WantedPlace & Pick<CheckpointLogEndpoint, 'receiptKey'>,
): Checkpoint | undefined {
  const entry = parseCheckpointLogEntry(bytes)
  if (entry?.kind !== 'checkpoint' || entry.origin !== origin) return undefined
  verifyNote(entry.note, [receiptKey])
  try {
    return verifyEpochCheckpoint(entry.note, epochs)
  } catch (thrown) {
    // The entry is older than the log's next key, so it has no signature line of that key.
    if (thrown instanceof ProofError && thrown.code === 'wrong_epoch') return undefined
    throw thrown
  }
}
