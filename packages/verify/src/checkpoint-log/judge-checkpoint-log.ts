import { parseCheckpoint, parseNote, parseVkey, ProofError, verifyNote } from '@whodid/tlog'
import type { Checkpoint, NoteVerifier } from '@whodid/tlog'
import type { RegisteredLog } from '@whodid/witness'
import type { Finding, FindingCode } from '../finding.ts'
import { findInconsistency } from '../tlog/sealed-log.ts'
import type { LogEvidence } from '../tlog/sealed-log.ts'
import type { ReadCheckpointLog } from './read-checkpoint-log.ts'

/**
 * The time now, and the age that the newest entries may have.
 *
 * @example
 * ```ts
 * const age: CheckpointLogAge = { nowS: Math.floor(Date.now() / 1000), ageSMax: 300 }
 * ```
 */
export interface CheckpointLogAge {
  /** Seconds since 1970. */
  readonly nowS: number
  /** The greatest age of the checkpoint log's newest entry, and of an active log's newest checkpoint, in seconds. Default 600. */
  readonly ageSMax?: number
}

const ageSMaxDefault = 600

/**
 * Compares the logs with a checkpoint log, which must be read before their checkpoints are. Every log that it registers must be there
 * and must begin with the checkpoints taken of it. No other log may be there.
 *
 * Findings: `log_missing`, `unregistered_log`, `rolled_back`, `forked`, `checkpoint_signature` for a key that is not
 * registered, and `checkpoint_stale` for a log, or the checkpoint log, that has no recent entry. Does NOT verify rows.
 *
 * @example
 * ```ts
 * const findings = await judgeCheckpointLog(read, logs, { nowS: Math.floor(Date.now() / 1000) })
 * ```
 */
export async function judgeCheckpointLog(
  { log: meta, registry, taken }: ReadCheckpointLog,
  shown: readonly LogEvidence[],
  { nowS, ageSMax = ageSMaxDefault }: CheckpointLogAge,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const log of registry.logs) {
    const evidence = shown.find(({ origin }) => origin === log.origin)
    if (evidence === undefined) findings.push(missing(log))
    else findings.push(...(await judgeLog(log, evidence, taken.get(log.origin) ?? [])))
    const lastS = log.newest?.timeS ?? log.addedS
    if (log.retiredS === null && lastS < nowS - ageSMax)
      findings.push({
        code: 'checkpoint_stale',
        log: log.origin,
        text: `the meta-log expected a checkpoint of the log in the last ${ageSMax} seconds; the newest is ${nowS - lastS} seconds old`,
      })
  }
  for (const { origin } of shown)
    if (registry.log(origin) === undefined)
      findings.push({
        code: 'unregistered_log',
        log: origin,
        text: 'the log expected to be registered in the meta-log; it is not',
      })
  if (registry.lastS < nowS - ageSMax)
    findings.push({
      code: 'checkpoint_stale',
      log: meta.origin,
      text: `the meta-log expected an entry in the last ${ageSMax} seconds; the newest is ${nowS - registry.lastS} seconds old`,
    })
  return findings
}

function missing({ origin, newest }: RegisteredLog): Finding {
  const size = newest === null ? 0 : checkpointOf(newest.note).size
  const known = size === 0 ? '' : `; it has had at least ${size} records`
  return {
    code: 'log_missing',
    log: origin,
    text: `the meta-log registers the log; it is not here${known}`,
  }
}

/** Returns the findings about one log. A log without a checkpoint has none: `openSealedLog` reports that. */
async function judgeLog(
  registered: RegisteredLog,
  { origin, tiles, note }: LogEvidence,
  taken: readonly string[],
): Promise<Finding[]> {
  if (note === undefined) return []
  const finding = (code: FindingCode, text: string): Finding => ({ code, log: origin, text })
  const checkpoint = readSigned(note, registered)
  if (typeof checkpoint === 'string')
    return [finding('checkpoint_signature', `the log's checkpoint: ${checkpoint}`)]
  const { newest, retiredS } = registered
  const newestSize = newest === null ? 0 : checkpointOf(newest.note).size
  const findings: Finding[] = []
  if (retiredS !== null && checkpoint.size > newestSize)
    findings.push(
      finding(
        'unregistered_log',
        `the log was retired with ${newestSize} records; it has ${checkpoint.size}`,
      ),
    )
  // The newest is first: if it is consistent and an earlier one is not, the checkpoint log failed to check.
  const notes = newest === null ? [] : [newest.note, ...taken]
  for (const one of notes) {
    const known = readSigned(one, registered)
    if (typeof known === 'string')
      return [...findings, finding('checkpoint_signature', `taken by the meta-log: ${known}`)]
    const found = await findInconsistency({ origin, tiles, checkpoint }, known)
    if (found === undefined) continue
    const code = found.code === 'checkpoint_inconsistent' ? 'forked' : found.code
    return [...findings, { ...found, code, text: `by the meta-log: ${found.text}` }]
  }
  return findings
}

/** Returns a checkpoint that a registered key of the log has signed, or the reason that there is none. */
function readSigned(
  note: string | Uint8Array,
  { origin, keys }: RegisteredLog,
): Checkpoint | string {
  try {
    const verifiers = keys.map(({ vkey }) => parseVkey(vkey))
    const checkpoint = parseCheckpoint(verifyNote(note, verifiers).text)
    return checkpoint.origin === origin ? checkpoint : `it is of "${checkpoint.origin}"`
  } catch (thrown) {
    if (thrown instanceof ProofError) return thrown.message
    throw thrown
  }
}

function checkpointOf(note: string): Checkpoint {
  return parseCheckpoint(parseNote(note).text)
}

/** The age of an acknowledgement, in seconds, after which its checkpoint must be under a signed root. */
const signedByS = 60

/**
 * Returns a finding for each checkpoint that the checkpoint log acknowledged and does not hold: it was rolled back. The receipts must be
 * read before the checkpoint log is. A receipt that its key has not signed is ignored.
 *
 * @example
 * ```ts
 * const findings = lostReceipts(read, [receiptNote], Math.floor(Date.now() / 1000))
 * ```
 */
export function lostReceipts(
  { log, registry }: ReadCheckpointLog,
  receipts: readonly string[],
  nowS: number,
): Finding[] {
  const key = registry.receiptKey
  return receipts.flatMap((note): Finding[] => {
    const receipt = key === undefined ? undefined : readReceipt(note, key)
    if (receipt === undefined || receipt.timeS > nowS - signedByS) return []
    const newest = registry.log(receipt.origin)?.newest ?? null
    const size = newest === null ? 0 : parseCheckpoint(parseNote(newest.note).text).size
    if (size >= receipt.size) return []
    const text = `the meta-log expected the ${receipt.size} records of ${receipt.origin} that it acknowledged; it holds a checkpoint of ${size}`
    return [{ code: 'rolled_back', log: log.origin, text }]
  })
}

function readReceipt(
  note: string,
  key: NoteVerifier,
): { readonly origin: string; readonly size: number; readonly timeS: number } | undefined {
  try {
    const { text, signatures } = verifyNote(note, [key])
    const { origin, size } = parseCheckpoint(text)
    return { origin, size, timeS: Math.max(...signatures.map(({ time }) => time ?? 0)) }
  } catch (thrown) {
    if (thrown instanceof ProofError) return undefined
    throw thrown
  }
}
