import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { printableLine, WhodidError } from '@whodid/model'
import { openLogTrees } from '@whodid/tlog-posix'
import { parseCheckpoint, parsePolicy, ProofError, verifyNote } from '@whodid/tlog'
import type { Policy } from '@whodid/tlog'
import { fetchServed } from '@whodid/witness'
import type { ServedCheckpoints, WitnessEndpoint } from '@whodid/witness'
import type { FoundLog } from '../evidence/find-logs.ts'
import type { Finding } from '../finding.ts'
import type { LogToVerify } from '../verify-ledger.ts'
import { heldCosignature } from './held-cosignature.ts'
import type { CosignatureSought } from './held-cosignature.ts'

/** The policy that the investigator trusts, and the checkpoints that its witnesses serve. */
export interface PolicyEvidence {
  readonly policy: Policy
  /** By the log's origin. */
  readonly served: ReadonlyMap<string, ServedCheckpoints>
}

/**
 * Reads the policy in a file, and asks its witnesses about the logs that it names and about `origins`. Must be called before the logs'
 * own checkpoints are read. Throws `invalid_config` for a file that is no policy, and does not throw for an unreachable witness.
 */
export async function gatherPolicyEvidence(
  path: string,
  origins: readonly string[],
  signal: AbortSignal,
): Promise<PolicyEvidence> {
  const policy = await readPolicy(path, '--policy')
  const logs = new Set([...policy.logs.map(({ key }) => key.name), ...origins])
  const asked = await Promise.all(
    [...logs].map(async (log) => [log, await fetchServed(policy, log, { signal })] as const),
  )
  return { policy, served: new Map(asked) }
}

/**
 * Returns the logs with the evidence of their witnesses. With `isWitnessedByMetaLog` the witnesses cosign the checkpoint log
 * instead: a checkpoint that a witness serves of a log is then one more anchor of the log.
 */
export function withWitnesses(
  logs: readonly FoundLog[],
  { policy, served }: PolicyEvidence,
  isWitnessedByMetaLog: boolean,
): LogToVerify[] {
  if (isWitnessedByMetaLog)
    return logs.map((log) => ({
      ...log,
      anchors: [...(log.anchors ?? []), ...(served.get(log.origin)?.served ?? [])],
    }))
  const nowS = Math.floor(Date.now() / 1000)
  return logs.map((log) => {
    const { cosigned, origin } = log
    return {
      ...log,
      witnesses: { policy, cosigned, served: served.get(origin)?.served ?? [], nowS },
    }
  })
}

/** Returns a finding for each log that the policy names and that is missing. */
export function policyFindings(
  { policy, served }: PolicyEvidence,
  origins: readonly string[],
): Finding[] {
  const notes = [...served.values()].flatMap((answer) => answer.served)
  return missingLogs(policy, origins, notes)
}

/**
 * Returns one line for each witness that was asked and gave no checkpoint, with its newest cosignature that is held in `logs`: a
 * witness that serves no checkpoint may have cosigned many.
 */
export function unansweredLines({ served }: PolicyEvidence, logs: readonly FoundLog[]): string[] {
  return [...served].flatMap(([origin, { served: shown, missing }]) => {
    const found = logs.filter((log) => log.origin === origin)
    const notes = found.flatMap(({ cosigned, anchors = [] }) => [cosigned ?? '', ...anchors])
    return missing.map(({ key, why }) => {
      const held = heldOf([...notes, ...shown], { origin, witness: key })
      return printableLine(`witness ${key.name} about ${origin}: ${why}; ${held}`, 400)
    })
  })
}

function heldOf(notes: readonly (string | Uint8Array)[], sought: CosignatureSought): string {
  const held = heldCosignature(notes, sought)
  if (held === undefined) return 'it has cosigned nothing of this log that is held here'
  const { size, timeS } = held
  return `it has cosigned ${size} records, at ${new Date(timeS * 1000).toISOString()}`
}

/**
 * Returns a finding for each log that a policy names and that is not in `origins`: it was left out or deleted. A note in `served`
 * shows the number of records that such a log had at least.
 *
 * @example
 * ```ts
 * const findings = missingLogs(policy, logs.map(({ origin }) => origin))
 * ```
 */
export function missingLogs(
  policy: Policy,
  origins: readonly string[],
  served: readonly string[] = [],
): Finding[] {
  const named = new Set(policy.logs.map(({ key }) => key.name))
  return [...named]
    .filter((log) => !origins.includes(log))
    .map((log) => {
      const size = Math.max(0, ...served.map((note) => sizeOf(note, log, policy)))
      const known = size === 0 ? '' : `; it has had at least ${size} records`
      return { code: 'log_missing', log, text: `the policy names the log; it is not here${known}` }
    })
}

/** Returns the size of a checkpoint that this log has signed; 0 for any other note. */
function sizeOf(note: string, log: string, policy: Policy): number {
  try {
    const keys = policy.logs.map(({ key }) => key).filter(({ name }) => name === log)
    if (!note.startsWith(`${log}\n`)) return 0
    return parseCheckpoint(verifyNote(note, keys).text).size
  } catch {
    // A note that no key of the log has signed is no evidence about it.
    return 0
  }
}

/**
 * Returns the checkpoints that a policy's witnesses serve of each log of a data directory, by origin; none without a policy. Must be
 * called before the logs' own checkpoints are read. Never throws for a witness's answer.
 *
 * @example
 * ```ts
 * const served = await askAboutLogs(policy, '.whodid', AbortSignal.timeout(10_000))
 * ```
 */
export async function askAboutLogs(
  policy: Policy | undefined,
  dataDir: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (policy === undefined) return new Map()
  const trees = await openLogTrees(join(dataDir, 'tlog')).all()
  const asked = trees.map(async ({ origin }) => {
    const { served } = await fetchServed(policy, origin, { signal })
    return [origin, served] as const
  })
  return new Map(await Promise.all(asked))
}

/** The settings of a service that name the witnesses to trust. */
export interface TrustSettings {
  /** A file with a policy (C2SP tlog-policy). */
  readonly policyPath: string | undefined
  /** The witnesses to which the service submits its checkpoints. */
  readonly witnesses: readonly WitnessEndpoint[]
}

/**
 * Returns the policy that a service trusts: that of `WHODID_POLICY`, or else every witness that it submits to; undefined
 * without either. Throws `invalid_config` for a file that is no policy.
 *
 * @example
 * ```ts
 * const policy = await readTrust({ policyPath: 'policy.txt', witnesses: [] })
 * ```
 */
export async function readTrust({
  policyPath,
  witnesses,
}: TrustSettings): Promise<Policy | undefined> {
  if (policyPath !== undefined) return readPolicy(policyPath, 'WHODID_POLICY')
  if (witnesses.length === 0) return undefined
  const members = witnesses.map(({ key }) => ({ witness: key }))
  return { logs: [], witnesses, quorum: { threshold: members.length, members } }
}

/** Reads the policy in a file; `what` is the setting that names the file. Throws `invalid_config` when it is no policy. */
async function readPolicy(path: string, what: string): Promise<Policy> {
  try {
    return parsePolicy(await readFile(path))
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : 'unknown failure'
    const expected = thrown instanceof ProofError ? 'a policy' : 'a readable file'
    throw new WhodidError('invalid_config', `${what} expected ${expected}; "${path}": ${why}`, {
      cause: thrown,
    })
  }
}
