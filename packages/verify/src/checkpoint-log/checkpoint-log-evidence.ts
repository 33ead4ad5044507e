import { readFile } from 'node:fs/promises'
import { WhodidError } from '@whodid/model'
import type { NoteVerifier } from '@whodid/tlog'
import { createDirectorySource, createUrlSource, fetchServed } from '@whodid/witness'
import type { FoundLog } from '../evidence/find-logs.ts'
import type { Finding } from '../finding.ts'
import type { LogAssurance, LogToVerify } from '../verify-ledger.ts'
import type { PolicyEvidence } from '../witnesses/policy-evidence.ts'
import { judgeCheckpointLog, lostReceipts } from './judge-checkpoint-log.ts'
import { readCheckpointLog } from './read-checkpoint-log.ts'
import type { ReadCheckpointLog } from './read-checkpoint-log.ts'

/** The checkpoint log that the logs are compared with. */
export interface CheckpointLogPlace {
  /** Its URL, or its directory. */
  readonly place: string
  /** The checkpoint log's key, from another source than the checkpoint log itself. */
  readonly key: NoteVerifier
  readonly anchorPaths: readonly string[]
  /** The logs as they were found before. */
  readonly logs: readonly FoundLog[]
  readonly policy: PolicyEvidence | undefined
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void
  readonly signal: AbortSignal
}

/** A checkpoint log that was read, with the findings about it. */
export interface GatheredCheckpointLog {
  readonly origin: string
  /** Undefined when the checkpoint log failed its verification. */
  readonly meta: ReadCheckpointLog | undefined
  readonly findings: readonly Finding[]
  readonly nowS: number
}

/** Reads a checkpoint log. Must be called before the logs' own checkpoints are read. Throws `api_unreachable` when it cannot be read. */
export async function gatherCheckpointLog(
  place: CheckpointLogPlace,
): Promise<GatheredCheckpointLog> {
  const { key, logs, policy, signal, onProgress } = place
  const { name: origin, vkey } = key
  const anchors = await Promise.all(place.anchorPaths.map((path) => readFile(path, 'utf8')))
  const nowS = Math.floor(Date.now() / 1000)
  const isUrl = /^https?:/u.test(place.place)
  const source = isUrl ? createUrlSource(place.place, signal) : createDirectorySource(place.place)
  try {
    const served =
      policy === undefined ? [] : (await fetchServed(policy.policy, origin, { signal })).served
    const witnesses = policy === undefined ? undefined : { policy: policy.policy, served, nowS }
    const read = { vkey, source, anchors, witnesses, onProgress, signal }
    const { meta, findings } = await readCheckpointLog(read)
    const receipts = logs.flatMap(({ recorded }) => (recorded === undefined ? [] : [recorded]))
    const lost = meta === undefined ? [] : lostReceipts(meta, receipts, nowS)
    return { origin, meta, findings: [...findings, ...lost], nowS }
  } catch (thrown) {
    if (signal.aborted || thrown instanceof WhodidError) throw thrown
    const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown
    const why = cause instanceof Error ? cause.message : 'unknown failure'
    throw new WhodidError(
      'api_unreachable',
      `--meta-log expected a meta-log to read; "${place.place}": ${why}`,
      { cause: thrown },
    )
  }
}

/** Returns the findings about the checkpoint log, and those from comparing the logs with it. */
export async function checkpointLogFindings(
  { meta, findings, nowS }: GatheredCheckpointLog,
  logs: readonly LogToVerify[],
): Promise<Finding[]> {
  return meta === undefined
    ? [...findings]
    : [...findings, ...(await judgeCheckpointLog(meta, logs, { nowS }))]
}

/** Returns, for each log, the checkpoint log's assurance: it covers the records that the checkpoint log took. */
export function checkpointLogAssurances({ meta }: GatheredCheckpointLog): LogAssurance[] {
  if (meta === undefined) return []
  const { assurance, assured } = meta
  return [...assured].map(([log, size]) => ({ log, assurance, size }))
}
