import {
  ProofError,
  proveConsistency,
  verifyConsistency,
  verifyEpochCheckpoint,
} from '@whodid/tlog'
import type { Checkpoint, KeyEpoch, TileReader } from '@whodid/tlog'
import type { Finding, FindingCode } from '../finding.ts'

/**
 * A log as its sequencer wrote it, outside of the database: tiles, and a checkpoint with a verified signature.
 *
 * @example
 * ```ts
 * const { log } = await openSealedLog({ origin, tiles, note, epochs })
 * console.log(log?.checkpoint.size)
 * ```
 */
export interface SealedLog {
  readonly origin: string
  readonly tiles: TileReader
  readonly checkpoint: Checkpoint
}

/**
 * The tiles, the notes and the keys of a log.
 *
 * @example
 * ```ts
 * const evidence: LogEvidence = { origin, tiles, note, epochs }
 * ```
 */
export interface LogEvidence {
  readonly origin: string
  readonly tiles: TileReader
  /** The checkpoint's note; undefined when there is none. */
  readonly note: string | Uint8Array | undefined
  /** The log's keys, from a place that the database's administrator cannot write to. */
  readonly epochs: readonly KeyEpoch[]
  /** Earlier checkpoints of the log, from any source: each must be consistent with `note`. */
  readonly anchors?: readonly (string | Uint8Array)[]
}

/**
 * Opens a log for verification: the signature on its checkpoint must verify, and each anchor must be consistent with it.
 * Returns findings and no log when there is no checkpoint that verifies.
 *
 * @example
 * ```ts
 * const { log, findings } = await openSealedLog({ origin, tiles, note, epochs, anchors: [remembered] })
 * ```
 */
export async function openSealedLog(
  evidence: LogEvidence,
): Promise<{ log: SealedLog | undefined; findings: Finding[] }> {
  const { origin, tiles, note, epochs, anchors = [] } = evidence
  if (note === undefined) {
    const text = 'the log expected a checkpoint; there is none'
    return { log: undefined, findings: [{ code: 'checkpoint_missing', log: origin, text }] }
  }
  const read = readCheckpoint(note, epochs, origin)
  if ('code' in read) return { log: undefined, findings: [read] }
  const log = { origin, tiles, checkpoint: read }
  const findings: Finding[] = []
  for (const anchor of anchors) {
    const known = readCheckpoint(anchor, epochs, origin)
    const finding = 'code' in known ? known : await findInconsistency(log, known)
    // Two anchors of one size say the same: the newest that the log's keys remember is often the one that was kept elsewhere.
    const isSaid = findings.some(
      ({ code, text }) => code === finding?.code && text === finding.text,
    )
    if (finding !== undefined && !isSaid) findings.push(finding)
  }
  return { log, findings }
}

/** Reads a checkpoint of a log by its keys; returns a finding when it is malformed or not the log's. */
export function readCheckpoint(
  note: string | Uint8Array,
  epochs: readonly KeyEpoch[],
  origin: string,
): Checkpoint | Finding {
  try {
    const checkpoint = verifyEpochCheckpoint(note, epochs)
    if (checkpoint.origin === origin) return checkpoint
    const text = `the checkpoint expected the origin of the log; got "${checkpoint.origin}"`
    return { code: 'checkpoint_signature', log: origin, text }
  } catch (thrown) {
    if (!(thrown instanceof ProofError)) throw thrown
    const isMalformed = thrown.code === 'malformed_note' || thrown.code === 'malformed_checkpoint'
    const code = isMalformed ? 'checkpoint_malformed' : 'checkpoint_signature'
    return { code, log: origin, text: thrown.message }
  }
}

/** Returns a finding when the log is not consistent with a checkpoint that it signed before. */
export async function findInconsistency(
  log: SealedLog,
  known: Checkpoint,
): Promise<Finding | undefined> {
  const { checkpoint, tiles, origin } = log
  const finding = (code: FindingCode, text: string): Finding => ({ code, log: origin, text })
  if (known.size > checkpoint.size)
    return {
      ...finding(
        'rolled_back',
        `the log expected at least the ${known.size} leaves it has signed before; got ${checkpoint.size}`,
      ),
      lost: { from: checkpoint.size, to: known.size },
    }
  if (known.size === 0) return undefined
  try {
    const proof = await proveConsistency(tiles, known.size, checkpoint.size)
    const claim = { from: known.size, fromRoot: known.root, to: checkpoint.size }
    verifyConsistency({ ...claim, toRoot: checkpoint.root, proof })
    return undefined
  } catch (thrown) {
    if (!(thrown instanceof ProofError)) throw thrown
    return finding(
      'checkpoint_inconsistent',
      `the log expected to begin with the ${known.size} leaves it has signed before; got others (${thrown.message})`,
    )
  }
}
