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

/** The checkpoint log that takes the checkpoints of the logs here. */
export interface CheckpointLogEndpoint {
  /** What it acknowledges checkpoints with; the checkpoint log bears its name. */
  readonly receiptKey: NoteVerifier
  readonly url: string
  /** What it signs its own checkpoints with; without it that signature is left to whoever holds the key. */
  readonly key?: NoteVerifier | undefined
}

/** A record's place in a log. */
interface WantedPlace {
  readonly origin: string
  readonly epochs: readonly KeyEpoch[]
  readonly index: number
}

/** A log's checkpoint as an entry of the checkpoint log, proven; or why there is none. */
export type FoundInCheckpointLog =
  | {
      readonly state: 'included'
      /** The checkpoint log's name, and the entry's place in it. */
      readonly log: string
      readonly index: number
      /** The log's checkpoint as it was taken, a note; it covers the wanted place. */
      readonly entry: string
      /** From the entry's sibling upwards. */
      readonly proof: readonly Buffer[]
      /** The note of the checkpoint log's checkpoint, with cosignatures where it has some. */
      readonly checkpoint: string
    }
  /** `pending`: it has taken none that covers the place yet. `failed`: what it serves does not hold. */
  | { readonly state: 'pending' | 'unreachable' | 'failed'; readonly why: string }

/** Milliseconds for all that is asked of the checkpoint log. */
const timeoutMs = 5_000

/** Entry bundles that are looked through, from the newest: 16,384 entries. */
const bundlesMax = 64

/**
 * Asks the checkpoint log for the newest checkpoint of a log that it has taken, and proves that it is an entry: under its newest cosigned
 * checkpoint where that covers the place, else under its newest. Never throws for what is answered or fails.
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

/** The newest entry that covers the place, and its proof; or why there is none. */
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

/** A checkpoint of the log that the checkpoint log has acknowledged; undefined for every other entry. Throws `ProofError` when a signature does not hold. */
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
    // Taken before the log's next key was registered: that key's line is not in the entry.
    if (thrown instanceof ProofError && thrown.code === 'wrong_epoch') return undefined
    throw thrown
  }
}
