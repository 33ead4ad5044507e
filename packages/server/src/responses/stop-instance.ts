import type { RevocationService } from '@whodid/api'
import type { ResponseOutcome, StopOrder } from '@whodid/detect'
import { printableLine, WhodidError } from '@whodid/model'

/** Findings that one order names; the others stand with the response. */
const namedMax = 10

/** The parts that it uses. */
export interface StopParts {
  readonly revocations: Pick<RevocationService, 'revoke' | 'stopsOf'>
  readonly tenant: string
  readonly response: string
  readonly kind: 'pause' | 'kill'
  readonly cascade: boolean
}

/**
 * Pauses or kills an instance through the revocations; the order names the findings as its cause. An instance that is stopped as much already
 * gets no further order (`already_stopped`). Resolves however it ends.
 */
export async function stopInstance(
  { instance, findings }: StopOrder,
  { revocations, tenant, response, kind, cascade }: StopParts,
): Promise<ResponseOutcome> {
  const target = `instance:${instance}`
  const inForce = revocations
    .stopsOf(tenant, { instance })
    .filter(({ until }) => until === undefined)
  if (inForce.some(({ by }) => kind === 'pause' || by.action === 'revoke'))
    return { outcome: 'done', error: 'already_stopped', target }
  const named = findings.slice(0, namedMax).map(({ id, rule }) => `${rule} (${id})`)
  try {
    await revocations.revoke({
      tenant,
      action: kind === 'pause' ? 'pause' : 'revoke',
      target: { kind: 'instance', id: instance },
      cascade,
      cause: printableLine(`findings ${named.join(', ')}`, 1_000),
      initiator: `response:${response}`,
    })
    return { outcome: 'done', error: '', target }
  } catch (thrown) {
    const error = thrown instanceof WhodidError ? thrown.code : 'internal'
    return { outcome: 'failed', error, target }
  }
}
