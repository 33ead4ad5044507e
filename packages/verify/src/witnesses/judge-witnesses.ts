import type { Assurance } from '@whodid/model'
import { isQuorumMet, parseNote, ProofError, verifySignatures } from '@whodid/tlog'
import type { KeyEpoch, Policy, VerifiedSignature } from '@whodid/tlog'
import type { Finding } from '../finding.ts'
import { findInconsistency, readCheckpoint } from '../tlog/sealed-log.ts'
import type { SealedLog } from '../tlog/sealed-log.ts'

/**
 * The evidence that a log's witnesses are judged by.
 *
 * @example
 * ```ts
 * const evidence: WitnessEvidence = { epochs, policy, cosigned, nowS: Math.floor(Date.now() / 1000) }
 * ```
 */
export interface WitnessEvidence {
  /** The log's keys, as for `openSealedLog`. */
  readonly epochs: readonly KeyEpoch[]
  /** The trusted witnesses, and the number that is enough. Its logs are ignored. */
  readonly policy: Policy
  /** The newest cosigned checkpoint that the log has kept. */
  readonly cosigned: string | Uint8Array | undefined
  /** The checkpoints that witnesses serve. Must be fetched before the log's checkpoint is read, so that none is ahead of an honest log. */
  readonly served?: readonly (string | Uint8Array)[]
  /** Seconds since 1970. */
  readonly nowS: number
  /** The most seconds that a cosignature's time may differ from `nowS`, in the past or the future. Default 600. */
  readonly ageSMax?: number
}

/**
 * The assurance that the witnesses' signatures give.
 *
 * @example
 * ```ts
 * const { assurance, size }: WitnessJudgement = await judgeWitnesses(log, evidence)
 * ```
 */
export interface WitnessJudgement {
  readonly assurance: Assurance
  /** The number of leaves that the assurance covers; leaves above are still `local`. */
  readonly size: number
  readonly findings: readonly Finding[]
}

const ageSMaxDefault = 600

interface Cosigned {
  readonly size: number
  readonly signatures: readonly VerifiedSignature[]
}

/**
 * Judges the witnesses of a log: every checkpoint that a witness holds must be consistent with the log, and enough witnesses must
 * have cosigned recently.
 *
 * Findings: `rolled_back`, `checkpoint_inconsistent`, `checkpoint_signature`, `checkpoint_malformed`, which make the assurance `local`;
 * `unwitnessed` when too few cosigned; `checkpoint_stale` when their cosignatures are too old, or in the future.
 *
 * @example
 * ```ts
 * const { assurance, findings } = await judgeWitnesses(log, { epochs, policy, cosigned, served, nowS })
 * ```
 */
export async function judgeWitnesses(
  log: SealedLog,
  evidence: WitnessEvidence,
): Promise<WitnessJudgement> {
  const { policy, cosigned, served = [] } = evidence
  const findings: Finding[] = []
  const read = async (note: string | Uint8Array): Promise<readonly Cosigned[]> => {
    const known = await readCosigned(log, evidence, note)
    if (!('code' in known)) return [known]
    findings.push(known)
    return []
  }
  const kept = cosigned === undefined ? [] : await read(cosigned)
  const asked = (await Promise.all(served.map(read))).flat()
  if (findings.length > 0 || policy.quorum === undefined)
    return { assurance: 'local', size: log.checkpoint.size, findings }
  const [newest] = kept
  if (newest === undefined || !isEnough(policy, newest.signatures)) {
    const count = newest?.signatures.length ?? 0
    const text = `the log expected the cosignatures that the policy asks for; its newest cosigned checkpoint has ${count} of ${policy.witnesses.length} witnesses`
    const unwitnessed: Finding = { code: 'unwitnessed', log: log.origin, text }
    return { assurance: 'local', size: log.checkpoint.size, findings: [unwitnessed] }
  }
  const fresh = (all: readonly Cosigned[]): VerifiedSignature[] =>
    all.flatMap(({ signatures }) => signatures.filter((signature) => isFresh(signature, evidence)))
  const isMonitored = isEnough(policy, fresh(asked))
  return {
    assurance: isMonitored ? 'witnessed+monitored' : 'witnessed',
    size: newest.size,
    findings: isEnough(policy, fresh([...kept, ...asked])) ? [] : [stale(log, newest, evidence)],
  }
}

/** Reads a checkpoint with the cosignatures of the policy's witnesses; returns a finding when the log is not consistent with it. */
async function readCosigned(
  log: SealedLog,
  { epochs, policy }: WitnessEvidence,
  note: string | Uint8Array,
): Promise<Cosigned | Finding> {
  const known = readCheckpoint(note, epochs, log.origin)
  if ('code' in known) return known
  const { text, signatures } = parseNote(note)
  try {
    const witnesses = policy.witnesses.map(({ key }) => key)
    const verified = verifySignatures(text, signatures, witnesses)
    return (await findInconsistency(log, known)) ?? { size: known.size, signatures: verified }
  } catch (thrown) {
    if (!(thrown instanceof ProofError)) throw thrown
    return { code: 'checkpoint_signature', log: log.origin, text: thrown.message }
  }
}

/** Returns true when enough of a policy's witnesses have signed a note. Throws `ProofError` when a signature of theirs is false. */
export function isCosignedEnough(note: string | Uint8Array, policy: Policy): boolean {
  const { text, signatures } = parseNote(note)
  const witnesses = policy.witnesses.map(({ key }) => key)
  return (
    policy.quorum !== undefined && isEnough(policy, verifySignatures(text, signatures, witnesses))
  )
}

function isEnough(policy: Policy, signatures: readonly VerifiedSignature[]): boolean {
  return isQuorumMet(policy, new Set(signatures.map(({ key }) => key)))
}

function isFresh({ time = 0 }: VerifiedSignature, { nowS, ageSMax }: WitnessEvidence): boolean {
  return Math.abs(nowS - time) <= (ageSMax ?? ageSMaxDefault)
}

function stale(
  { origin }: SealedLog,
  { size, signatures }: Cosigned,
  { nowS, ageSMax = ageSMaxDefault }: WitnessEvidence,
): Finding {
  const newest = Math.max(...signatures.map(({ time = 0 }) => time))
  const age = nowS - newest
  const text = `the newest cosignature expected to be at most ${ageSMax} s old; that of ${size} leaves is ${age < 0 ? `${-age} s in the future` : `${age} s old`}`
  return { code: 'checkpoint_stale', log: origin, text }
}
