import { printableLine } from '@whodid/model'
import { missingLogs } from '@whodid/query'
import type { Finding, LogToVerify } from '@whodid/query'
import type { Policy } from '@whodid/tlog'
import { fetchServed } from '@whodid/witness'
import type { ServedCheckpoints } from '@whodid/witness'
import type { FoundLog } from './find-logs.ts'
import { heldCosignature } from './held-cosignature.ts'
import type { CosignatureSought } from './held-cosignature.ts'
import { readPolicy } from './read-trust.ts'

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
 * The logs, with what is known of their witnesses. Where a meta-log stands for them it is the one to be witnessed: what a
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
