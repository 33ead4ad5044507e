import { setTimeout as sleep } from 'node:timers/promises'
import { WhodidError } from '@whodid/model'
import { findInCheckpointLog } from '@whodid/verify'
import type { CheckpointLogEndpoint, FoundInCheckpointLog } from '@whodid/verify'
import type { LogTree, LogTrees } from '@whodid/tlog-posix'
import {
  formatTlogProof,
  parseCheckpoint,
  parseNote,
  proveConsistency,
  proveInclusion,
} from '@whodid/tlog'
import type { CheckpointEvidence, LogEvidence, MetaLogEvidence } from './evidence.ts'
import type { RecordRow } from '@whodid/model'

/** Checkpoints of one log in a package: the first that covers its records, those after it, and the one that the proofs lead to. */
const checkpointsMax = 64

/** Waits for a checkpoint over the newest record: it comes a second after the record does. */
const coverWaitMs = 250
const coverWaitsMax = 40

/** Waits for the meta-log, which takes a checkpoint and signs for it a second or two later. */
const takenWaitsMax = 20

/** The sources of the history of logs. */
interface LogSources {
  readonly trees: LogTrees
  readonly metaLog: CheckpointLogEndpoint | undefined
}

/** The proof of each row in order, '' for a row of no log that is known, and the history of the logs. */
export async function gatherLogs(
  { trees, metaLog }: LogSources,
  rows: readonly RecordRow[],
): Promise<{ proofs: string[]; logs: LogEvidence[] }> {
  const logs: LogEvidence[] = []
  const proofOf = new Map<RecordRow, string>()
  for (const origin of new Set(rows.map((row) => String(row['log_id'])))) {
    const tree = await trees.byOrigin(origin)
    if (tree === undefined) continue
    const own = rows.filter((row) => row['log_id'] === origin)
    const indexes = own.map((row) => Number(row['log_index']))
    const note = await checkpointOver(tree, Math.max(...indexes))
    const size = sizeOf(note)
    for (const [at, row] of own.entries())
      proofOf.set(row, await proofAt(tree, { index: indexes[at] ?? 0, size, note }))
    const found = await foundIn(metaLog, tree, Math.max(...indexes))
    const from = Math.min(...indexes) + 1
    const taken = found?.state === 'included' ? [found.entry] : []
    const checkpoints = await historyOf(tree, { from, size, notes: [note, ...taken] })
    const { name, epochs } = tree
    logs.push({
      name,
      epochs,
      checkpoints,
      ...(found === undefined ? {} : { metaLog: metaLogEvidence(found) }),
    })
  }
  return { logs, proofs: rows.map((row) => proofOf.get(row) ?? '') }
}

/** A checkpoint that covers the index, a witnessed one where there is one. */
async function checkpointOver(tree: LogTree, index: number): Promise<string> {
  for (let waits = 0; waits < coverWaitsMax; waits += 1) {
    for (const note of [await tree.cosigned(), await tree.checkpoint()])
      if (note !== undefined && sizeOf(note) > index) return note
    await sleep(coverWaitMs)
  }
  throw new WhodidError(
    'not_sealed',
    `record ${index} of the log "${tree.origin}" expected a checkpoint over it; there is none yet`,
  )
}

/** Finds the log in the meta-log; waits a while until that has taken a checkpoint that covers the index. */
async function foundIn(
  metaLog: CheckpointLogEndpoint | undefined,
  { origin, epochs }: LogTree,
  index: number,
): Promise<FoundInCheckpointLog | undefined> {
  if (metaLog === undefined) return undefined
  for (let waits = 0; ; waits += 1) {
    const found = await findInCheckpointLog(metaLog, { origin, epochs, index })
    if (found.state !== 'pending' || waits === takenWaitsMax) return found
    await sleep(coverWaitMs)
  }
}

function metaLogEvidence(found: FoundInCheckpointLog): MetaLogEvidence {
  if (found.state !== 'included') return found
  const { state, log, index, entry, proof, checkpoint } = found
  return { state, log, entry, tlog_proof: formatTlogProof({ index, proof, checkpoint }) }
}

interface Place {
  readonly index: number
  readonly size: number
  readonly note: string
}

async function proofAt(tree: LogTree, { index, size, note }: Place): Promise<string> {
  const proof = await proveInclusion(tree.tiles, index, size)
  return formatTlogProof({ index, proof, checkpoint: note })
}

/** Checkpoints from before the notes' own, and those, smallest first, one of each size: each proven to begin with the one before. */
async function historyOf(
  tree: LogTree,
  {
    from,
    size,
    notes,
  }: { readonly from: number; readonly size: number; readonly notes: readonly string[] },
): Promise<CheckpointEvidence[]> {
  const earlier = await tree.checkpoints(from, checkpointsMax)
  const bySize = new Map(
    [...earlier.filter((one) => sizeOf(one) < size), ...notes.toReversed()].map(
      (one) => [sizeOf(one), one] as const,
    ),
  )
  const found: CheckpointEvidence[] = []
  let before = 0
  for (const [now, note] of [...bySize].toSorted(([a], [b]) => a - b)) {
    const consistency = before === 0 ? [] : await proveConsistency(tree.tiles, before, now)
    found.push({ note, consistency })
    before = now
  }
  return found
}

function sizeOf(note: string): number {
  return parseCheckpoint(parseNote(note).text).size
}
