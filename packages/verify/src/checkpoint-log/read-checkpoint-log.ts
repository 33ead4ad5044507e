import type { Assurance } from '@whodid/model'
import {
  appendLeaves,
  decodeEntryBundle,
  emptyEdge,
  entriesPath,
  leafHash,
  parseCheckpoint,
  parseNote,
  parseVkey,
  ProofError,
  rootOf,
  tileWidth,
} from '@whodid/tlog'
import type { Checkpoint, TreeEdge } from '@whodid/tlog'
import { CheckpointLogRegistry, parseCheckpointLogEntry } from '@whodid/witness'
import type { CheckpointLogSource } from '@whodid/witness'
import type { Finding } from '../finding.ts'
import { openSealedLog } from '../tlog/sealed-log.ts'
import type { SealedLog } from '../tlog/sealed-log.ts'
import { judgeWitnesses } from '../witnesses/judge-witnesses.ts'
import type { WitnessEvidence } from '../witnesses/judge-witnesses.ts'

/**
 * The source of a checkpoint log, and the keys and notes that verify it.
 *
 * @example
 * ```ts
 * const evidence: CheckpointLogEvidence = { vkey, source: createUrlSource(url) }
 * ```
 */
export interface CheckpointLogEvidence {
  /** The checkpoint log's key, from another source than the checkpoint log. */
  readonly vkey: string
  readonly source: CheckpointLogSource
  /** Its checkpoints that were kept elsewhere; checkpoints of other logs in the list are ignored. */
  readonly anchors?: readonly (string | Uint8Array)[]
  /** The witnesses that cosign it. Default: cosignatures are not judged. */
  readonly witnesses?: Omit<WitnessEvidence, 'epochs' | 'cosigned'> | undefined
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  readonly signal?: AbortSignal
}

/**
 * A checkpoint log whose entries are those of its signed root.
 *
 * @example
 * ```ts
 * const { meta } = await readCheckpointLog(evidence)
 * console.log(meta?.assurance, meta?.registry.size)
 * ```
 */
export interface ReadCheckpointLog {
  readonly log: SealedLog
  /** The result of all its entries. */
  readonly registry: CheckpointLogRegistry
  /** A sample of the checkpoints taken of each log, evenly spaced; the newest is not always in it. */
  readonly taken: ReadonlyMap<string, readonly string[]>
  /** The assurance of the checkpoint log's entries; `assured` is the number of records of each log that they cover. */
  readonly assurance: Assurance
  readonly assured: ReadonlyMap<string, number>
}

/** Entry bundles read at the same time. */
const bundlesAtOnce = 16

/** The number of wrong entries that are reported; the rest are not read. */
const problemsMax = 100

/** The size of the sample of one log's checkpoints. */
const takenMax = 64

/**
 * Reads a whole checkpoint log: every entry is hashed up to the signed root, so none can be missing. The findings are about the
 * checkpoint log itself: its signature, an anchor that it does not continue, and entries that are missing, invalid, or not
 * under the root. `meta` is undefined when such a finding makes it unusable. Throws when the source cannot be read.
 *
 * @example
 * ```ts
 * const { meta, findings } = await readCheckpointLog({ vkey, source: createUrlSource(url) })
 * ```
 */
export async function readCheckpointLog(
  evidence: CheckpointLogEvidence,
): Promise<{ meta: ReadCheckpointLog | undefined; findings: Finding[] }> {
  const { vkey, source, anchors = [], witnesses } = evidence
  const origin = parseVkey(vkey).name
  const epochs = [{ vkey, fromSize: 0, toSize: null }]
  // The cosigned checkpoint is read first, so that the newest one is never behind it.
  const cosigned = witnesses === undefined ? undefined : await source.read('cosigned')
  const opened = await openSealedLog({
    origin,
    tiles: source,
    note: await source.read('checkpoint'),
    epochs,
    anchors: anchors.filter((note) => Buffer.from(note).toString('utf8').startsWith(`${origin}\n`)),
  })
  if (opened.log === undefined) return { meta: undefined, findings: opened.findings }
  const { log } = opened
  const judged =
    witnesses === undefined
      ? { assurance: 'local' as const, size: log.checkpoint.size, findings: [] }
      : await judgeWitnesses(log, { epochs, cosigned, ...witnesses })
  const findings = [...opened.findings, ...judged.findings]
  const { assurance, size: assuredSize } = judged
  try {
    const read = await readEntries(evidence, log.checkpoint, assuredSize)
    const wrong = read.problems.map((text): Finding => {
      return { code: 'checkpoint_malformed', log: origin, text }
    })
    if (!rootOf(read.edge).equals(log.checkpoint.root)) {
      const text = `the entries expected the root that is signed for ${log.checkpoint.size} of them; got another`
      wrong.push({ code: 'root_mismatch', log: origin, text })
    }
    findings.push(...wrong)
    return { meta: wrong.length > 0 ? undefined : { log, assurance, ...read }, findings }
  } catch (thrown) {
    if (!(thrown instanceof ProofError)) throw thrown
    const code = thrown.code === 'tile_missing' ? 'tile_missing' : 'tile_mismatch'
    findings.push({ code, log: origin, text: thrown.message })
    return { meta: undefined, findings }
  }
}

interface ReadEntries extends Pick<ReadCheckpointLog, 'registry' | 'taken' | 'assured'> {
  readonly edge: TreeEdge
  readonly problems: readonly string[]
}

async function readEntries(
  { source, onProgress, signal }: CheckpointLogEvidence,
  { size }: Checkpoint,
  assuredSize: number,
): Promise<ReadEntries> {
  const registry = new CheckpointLogRegistry()
  const samples = new Map<string, Sample>()
  const problems: string[] = []
  let assured: ReadonlyMap<string, number> = new Map()
  let edge = emptyEdge
  for (let first = 0; first < size; first += tileWidth * bundlesAtOnce) {
    signal?.throwIfAborted()
    const starts = Array.from({ length: bundlesAtOnce }, (_, n) => first + n * tileWidth)
    const bundles = await Promise.all(
      starts.filter((start) => start < size).map((start) => readBundle(source, start, size)),
    )
    const entries = bundles.flat()
    edge = appendLeaves(edge, entries.map(leafHash)).edge
    for (const bytes of entries) {
      const entry = parseCheckpointLogEntry(bytes)
      const problem = entry === undefined ? 'it is no entry' : registry.apply(entry)
      if (problem !== undefined)
        problems.push(`entry ${registry.size} expected what a meta-log may hold there; ${problem}`)
      else if (entry?.kind === 'checkpoint')
        samples.set(entry.origin, grow(samples.get(entry.origin), entry.note))
      if (registry.size === assuredSize) assured = sizesOf(registry)
      // An entry that cannot be read has no place, so the entries after it cannot be numbered.
      if (problems.length === problemsMax || entry === undefined) break
    }
    onProgress?.({ done: Math.min(first + tileWidth * bundlesAtOnce, size), total: size })
  }
  const taken = new Map([...samples].map(([origin, { notes }]) => [origin, notes]))
  return { edge, registry, taken, assured, problems }
}

function sizesOf({ logs }: CheckpointLogRegistry): ReadonlyMap<string, number> {
  return new Map(
    logs.flatMap(({ origin, newest }) =>
      newest === null ? [] : [[origin, parseCheckpoint(parseNote(newest.note).text).size]],
    ),
  )
}

/** Every `step`th checkpoint of a log. */
interface Sample {
  readonly notes: readonly string[]
  readonly seen: number
  readonly step: number
}

function grow(
  { notes, seen, step }: Sample = { notes: [], seen: 0, step: 1 },
  note: string,
): Sample {
  const next = seen % step === 0 ? [...notes, note] : notes
  if (next.length <= takenMax) return { notes: next, seen: seen + 1, step }
  return { notes: next.filter((_, place) => place % 2 === 0), seen: seen + 1, step: step * 2 }
}

/** Returns one bundle of a checkpoint log of `size` entries, from `first`, a multiple of 256. Throws `ProofError` when it is missing or malformed. */
export async function readBundle(
  source: CheckpointLogSource,
  first: number,
  size: number,
): Promise<Buffer[]> {
  const index = first / tileWidth
  const width = Math.min(tileWidth, size - first)
  const path = entriesPath({ index, width })
  // A partial bundle may be gone once the full one is there.
  const bytes = (await source.read(path)) ?? (await source.read(entriesPath({ index })))
  if (bytes === undefined) throw new ProofError('tile_missing', `${path}: it is not stored`)
  const entries = decodeEntryBundle(bytes).slice(0, width)
  if (entries.length < width)
    throw new ProofError('malformed_tile', `${path}: expected ${width}, got ${entries.length}`)
  return entries
}
