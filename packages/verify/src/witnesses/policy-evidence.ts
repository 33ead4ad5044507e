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

/** Whom the investigator trusts, and what the witnesses among them say themselves. */
export interface PolicyEvidence {
  readonly policy: Policy
  /** By the log's origin. */
  readonly served: ReadonlyMap<string, ServedCheckpoints>
}

/**
 * Reads the policy in a file, and asks its witnesses about the logs that it names and about `origins`. To be done before the logs' own
 * checkpoints are read. Throws `invalid_config` for a file that is no policy; a witness that is not reached is no error.
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
 * The logs, with what is known of their witnesses. Where a checkpoint log stands for them it is the one to be witnessed: what a
 * witness serves of a log itself is then one more checkpoint that the log must begin with.
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

/** What the policy says of the logs as a whole: those it names and that are not there. */
export function policyFindings(
  { policy, served }: PolicyEvidence,
  origins: readonly string[],
): Finding[] {
  const notes = [...served.values()].flatMap((answer) => answer.served)
  return missingLogs(policy, origins, notes)
}

/**
 * One line for each witness that was asked and gave nothing, with what is held of it all the same: a witness that serves no checkpoint
 * may have cosigned many. `logs` are those that the cosignatures are looked for in.
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
 * The logs that a policy names and that are not there: a collector's log was left out, or thrown away. What a witness of the
 * policy serves of such a log says how many records it had at least.
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

/** The size of a checkpoint that this log has signed; 0 for any other. */
function sizeOf(note: string, log: string, policy: Policy): number {
  try {
    const keys = policy.logs.map(({ key }) => key).filter(({ name }) => name === log)
    if (!note.startsWith(`${log}\n`)) return 0
    return parseCheckpoint(verifyNote(note, keys).text).size
  } catch {
    // What no key of the log has signed says nothing about it.
    return 0
  }
}

/**
 * What a policy's witnesses serve of each log of a data directory, by its origin; of none without a policy. To be asked before the
 * logs' own checkpoints are read. Never throws for what a witness answers.
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

/** What a service was told of whom to trust. */
export interface TrustSettings {
  /** A file with a policy (C2SP tlog-policy). */
  readonly policyPath: string | undefined
  /** The witnesses to which the service submits its checkpoints. */
  readonly witnesses: readonly WitnessEndpoint[]
}

/**
 * Whom a service trusts beside its own log: the policy of `WHODID_POLICY`, or else every witness that it submits to; undefined
 * where there is neither. Throws `invalid_config` for a file that is no policy.
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

/** Reads the policy in a file; `what` is how the reader was told of it. Throws `invalid_config` for one that is none. */
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
