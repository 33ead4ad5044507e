import type { Assurance } from '@whodid/model'
import type { LogTree, LogTrees } from '@whodid/tlog-posix'
import { ProofError, proveInclusion, verifyEpochCheckpoint, verifyInclusion } from '@whodid/tlog'
import type { Checkpoint, Policy, TileReader } from '@whodid/tlog'
import { monitoredAssurance } from '../integrity-monitor.ts'
import type { IntegrityMonitor } from '../integrity-monitor.ts'
import { isCosignedEnough } from '../witnesses/judge-witnesses.ts'

/**
 * A row's claim about its own place, and the hash of its columns now.
 *
 * @example
 * ```ts
 * const claim: QuotedRecord = { span, log, index: 42, leaf }
 * ```
 */
export interface QuotedRecord {
  /** `<trace>-<span>` */
  readonly span: string
  readonly log: string
  readonly index: number
  /** Leaf hash over the row's present columns. */
  readonly leaf: Buffer
}

/**
 * The result of comparing a row with the tree of its log.
 *
 * @example
 * ```ts
 * const [result] = await verifyQuotedRecords(trees, [claim])
 * if (result?.state === 'failed') console.error(result.why)
 * ```
 */
export interface QuotedRecordResult {
  readonly span: string
  readonly state: 'sealed' | 'pending' | 'failed'
  /** The reason that it is not sealed; '' when it is. */
  readonly why: string
  /** The inclusion proof, and the note of the checkpoint it leads to; only when it is sealed. */
  readonly proof: readonly Buffer[]
  readonly checkpoint: string
  /** The adversaries that the proof holds against; null when it is not sealed. */
  readonly assurance: Assurance | null
}

/** The most rows judged for one answer; the chain and the inputs of an act are fewer. */
const quotedRecordsMax = 256

/**
 * Compares rows with the trees on disk: each leaf must be at its index under a checkpoint that its log has signed. Sends no
 * statement, and reads each tile once. Prefers a checkpoint that witnesses have cosigned to a newer one without cosignatures.
 * Never throws for a row or a tree that does not verify.
 *
 * `sealed` means that the row is what the collector recorded, as far as this machine's tree and keys are to be trusted;
 * `pending` that no checkpoint covers it yet; `failed` that it was changed, or that its tree was. `watch` gives the
 * trusted witnesses and the result of the service's check; without it the assurance of every sealed row is `local`.
 *
 * @example
 * ```ts
 * const [result] = await verifyQuotedRecords(trees, [{ span, log, index, leaf }])
 * console.log(result?.state, result?.assurance)
 * ```
 */
export async function verifyQuotedRecords(
  trees: LogTrees,
  claims: readonly QuotedRecord[],
  watch?: IntegrityMonitor,
): Promise<QuotedRecordResult[]> {
  const opened = new Map<string, Promise<OpenedTree>>()
  const treeOf = (log: string): Promise<OpenedTree> => {
    const known = opened.get(log) ?? openTree(trees, log, watch?.policy)
    opened.set(log, known)
    return known
  }
  return Promise.all(
    claims.slice(0, quotedRecordsMax).map(async (claim) => {
      const judgement = await verifyOne(claim, await treeOf(claim.log))
      if (judgement.assurance !== 'witnessed' || watch === undefined) return judgement
      return { ...judgement, assurance: monitoredAssurance(watch.state(), claim) }
    }),
  )
}

/** A log's newest checkpoint, the newest one that witnesses cosigned, and its tiles; or the reason that there is no checkpoint. */
type OpenedTree =
  | {
      readonly newest: Signed
      readonly cosigned: (Signed & { readonly isEnough: boolean }) | undefined
      readonly tiles: TileReader
    }
  | { readonly state: 'pending' | 'failed'; readonly why: string }

interface Signed {
  readonly checkpoint: Checkpoint
  readonly note: string
}

async function openTree(
  trees: LogTrees,
  log: string,
  policy: Policy | undefined,
): Promise<OpenedTree> {
  try {
    const tree = log === '' ? undefined : await trees.byOrigin(log)
    if (tree === undefined) return { state: 'pending', why: `the log "${log}" has no tree here` }
    return await readTree(tree, policy)
  } catch (thrown) {
    if (thrown instanceof ProofError) return { state: 'failed', why: thrown.message }
    const why = thrown instanceof Error ? thrown.message : 'unknown failure'
    return { state: 'failed', why: `the tree could not be read: ${why}` }
  }
}

async function readTree(tree: LogTree, policy: Policy | undefined): Promise<OpenedTree> {
  // The cosigned note is read first: a checkpoint is published before it is cosigned, so the one read later is never smaller.
  const cosignedNote = await tree.cosigned()
  const note = await tree.checkpoint()
  if (note === undefined) return { state: 'pending', why: 'the log has no checkpoint yet' }
  const newest = { note, checkpoint: verifyEpochCheckpoint(note, tree.epochs) }
  if (cosignedNote === undefined)
    return { newest, cosigned: undefined, tiles: readOnce(tree.tiles) }
  const cosigned = {
    note: cosignedNote,
    checkpoint: verifyEpochCheckpoint(cosignedNote, tree.epochs),
    isEnough: policy !== undefined && isCosignedEnough(cosignedNote, policy),
  }
  const shown = newest.checkpoint.size
  const known = cosigned.checkpoint.size
  if (known > shown)
    return {
      state: 'failed',
      why: `the log was put back: witnesses have cosigned ${known} records, it shows ${shown}`,
    }
  return { newest, cosigned, tiles: readOnce(tree.tiles) }
}

function readOnce(tiles: TileReader): TileReader {
  const read = new Map<string, Promise<Uint8Array | undefined>>()
  return {
    read: (path) => {
      const known = read.get(path) ?? tiles.read(path)
      read.set(path, known)
      return known
    },
  }
}

async function verifyOne(
  { span, index, leaf }: QuotedRecord,
  deps: OpenedTree,
): Promise<QuotedRecordResult> {
  const none = { span, proof: [], checkpoint: '', assurance: null }
  if ('state' in deps) return { ...none, state: deps.state, why: deps.why }
  const { newest, cosigned } = deps
  // A cosigned checkpoint gives more assurance than a newer one without cosignatures.
  const isCosigned = cosigned !== undefined && index < cosigned.checkpoint.size
  const { note, checkpoint } = isCosigned ? cosigned : newest
  const { size, root } = checkpoint
  if (index >= size)
    return { ...none, state: 'pending', why: `the newest checkpoint covers ${size} records` }
  try {
    const proof = await proveInclusion(deps.tiles, index, size)
    verifyInclusion({ leaf, index, size, root, proof })
    const assurance = isCosigned && cosigned.isEnough ? 'witnessed' : 'local'
    return { span, state: 'sealed', why: '', proof, checkpoint: note, assurance }
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : 'unknown failure'
    return { ...none, state: 'failed', why: `the row is not what was sealed at ${index}: ${why}` }
  }
}
