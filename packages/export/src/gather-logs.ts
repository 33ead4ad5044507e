import { setTimeout as sleep } from 'node:timers/promises'
import { WhodidError } from '@whodid/model'
import type { LogTree, LogTrees } from '@whodid/store'
import {
  formatTlogProof,
  parseCheckpoint,
  parseNote,
  proveConsistency,
  proveInclusion,
} from '@whodid/tlog'
import type { CheckpointEvidence, LogEvidence } from './evidence.ts'
import type { RecordRow } from './record-row.ts'

/** Checkpoints of one log in a package: the first that covers its records, those after it, and the one that the proofs lead to. */
const checkpointsMax = 64

/** Waits for a checkpoint over the newest record: it comes a second after the record does. */
const sealWaitMs = 250
const sealWaitsMax = 40

/** The proof of each row in order, '' for a row of no log that is known, and the history of the logs. */
export async function gatherLogs(
  trees: LogTrees,
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
    const { size } = parseCheckpoint(parseNote(note).text)
    for (const [at, row] of own.entries())
      proofOf.set(row, await proofAt(tree, { index: indexes[at] ?? 0, size, note }))
    const checkpoints = await historyOf(tree, { from: Math.min(...indexes) + 1, size, note })
    logs.push({ name: tree.name, epochs: tree.epochs, checkpoints })
  }
  return { logs, proofs: rows.map((row) => proofOf.get(row) ?? '') }
}

/** A checkpoint that covers the index, a witnessed one where there is one. */
async function checkpointOver(tree: LogTree, index: number): Promise<string> {
  for (let waits = 0; waits < sealWaitsMax; waits += 1) {
    for (const note of [await tree.cosigned(), await tree.checkpoint()])
      if (note !== undefined && parseCheckpoint(parseNote(note).text).size > index) return note
    await sleep(sealWaitMs)
  }
  throw new WhodidError(
    'not_sealed',
    `record ${index} of the log "${tree.origin}" expected a checkpoint over it; there is none yet`,
  )
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

async function historyOf(
  tree: LogTree,
  { from, size, note }: { readonly from: number; readonly size: number; readonly note: string },
): Promise<CheckpointEvidence[]> {
  const earlier = (await tree.checkpoints(from, checkpointsMax)).filter(
    (one) => parseCheckpoint(parseNote(one).text).size < size,
  )
  const found: CheckpointEvidence[] = []
  let before = 0
  for (const one of [...earlier, note]) {
    const { size: now } = parseCheckpoint(parseNote(one).text)
    const consistency = before === 0 ? [] : await proveConsistency(tree.tiles, before, now)
    found.push({ note: one, consistency })
    before = now
  }
  return found
}
