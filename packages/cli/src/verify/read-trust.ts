import { readFile } from 'node:fs/promises'
import { WhodidError } from '@whodid/model'
import type { ServiceConfig } from '@whodid/server/config'
import { parsePolicy, ProofError } from '@whodid/tlog'
import type { Policy } from '@whodid/tlog'

/**
 * Whom a service trusts beside its own log: the policy of `WHODID_POLICY`, or else every witness that it submits to; undefined
 * where there is neither. Throws `invalid_config` for a file that is no policy.
 */
export async function readTrust(
  config: Pick<ServiceConfig, 'policyPath' | 'witnesses'>,
): Promise<Policy | undefined> {
  const { policyPath, witnesses } = config
  if (policyPath !== undefined) return readPolicy(policyPath, 'WHODID_POLICY')
  if (witnesses.length === 0) return undefined
  const members = witnesses.map(({ key }) => ({ witness: key }))
  return { logs: [], witnesses, quorum: { threshold: members.length, members } }
}

/** Reads the policy in a file; `what` is how the reader was told of it. Throws `invalid_config` for one that is none. */
export async function readPolicy(path: string, what: string): Promise<Policy> {
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
