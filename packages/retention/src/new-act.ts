import { randomBytes } from 'node:crypto'
import type { RetentionAct } from './retention-record.ts'

/** Makes an act that is carried out at once, on a case where it names nothing else. */
export function newAct(
  kind: 'hold' | 'release' | 'export' | 'evidence' | 'loss',
  { tenant, requestedBy, reason, caseId }: RetentionRequest,
  atUnixNs: bigint,
): RetentionAct {
  return {
    kind,
    tenant,
    requestedBy,
    reason,
    caseId,
    id: randomBytes(8).toString('hex'),
    atUnixNs,
    traceIdHex: randomBytes(16).toString('hex'),
    spanIdHex: randomBytes(8).toString('hex'),
    resourceId: `whodid:case:${caseId}`,
  }
}

/** The person or program that asks, and the reason. */
export interface RetentionRequest {
  readonly tenant: string
  /** Name of the token; never the token. */
  readonly requestedBy: string
  /** Stands in the record indefinitely. Must not name persons. */
  readonly reason: string
  readonly caseId: string
}
