import { WhodidError } from '@whodid/model'
import type { RecordPruner } from '@whodid/store'
import type { RetentionRequest } from './new-act.ts'
import type { RetentionService } from './retention-service.ts'

/** The days of 24 hours for which text and records are kept; undefined keeps them indefinitely. */
export interface RetentionPolicy {
  readonly textDays: number | undefined
  /** Records are deleted by whole months, so that they are kept for up to a month longer. */
  readonly recordDays: number | undefined
}

/** The parts that applying a policy needs. */
export interface PolicyDeps {
  readonly service: Pick<RetentionService, 'expire' | 'prune' | 'resume' | 'expiredBefore'>
  readonly pruner: Pick<RecordPruner, 'hasBefore'>
  readonly tenant: string
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
}

/** The result of applying a policy. */
export interface PolicyOutcome {
  /** The records of the decisions, `<trace>-<span>`. */
  readonly records: readonly string[]
  /**
   * `held` while a legal hold stands, `waiting` while ClickHouse has not carried out earlier decisions, `shared` while other services have
   * records that would go too.
   */
  readonly state: 'done' | 'held' | 'waiting' | 'shared'
}

const dayNs = 86_400_000_000_000n

/**
 * Deletes contents and records past their retention: text by the day, records by the month, each on record through the service,
 * and only where there is something to delete: at most one record of an expiry a day, and of a prune a month for each log.
 * May be called at any time and as often as wanted. A hold keeps everything, and throws nothing. Throws `store_unavailable`,
 * `store_refused`.
 */
export async function applyPolicy(
  { textDays, recordDays }: RetentionPolicy,
  { service, pruner, tenant, now }: PolicyDeps,
): Promise<PolicyOutcome> {
  const records: string[] = []
  const request = (days: number): RetentionRequest => ({
    tenant,
    requestedBy: 'retention',
    reason: `kept for ${days} days`,
    caseId: '',
  })
  try {
    // A second decision would be recorded a second time.
    if ((await service.resume()) > 0) return { records, state: 'waiting' }
    if (recordDays !== undefined) {
      const before = now() - BigInt(recordDays) * dayNs
      if (await pruner.hasBefore(before))
        records.push((await service.prune(before, request(recordDays))).record)
    }
    if (textDays !== undefined) {
      const before = now() - BigInt(textDays) * dayNs
      const cut = before - (before % dayNs)
      if (cut > service.expiredBefore())
        records.push((await service.expire(cut, request(textDays))).record)
    }
    return { records, state: 'done' }
  } catch (thrown) {
    if (thrown instanceof WhodidError && thrown.code === 'under_hold')
      return { records, state: 'held' }
    if (thrown instanceof WhodidError && thrown.code === 'ledger_shared')
      return { records, state: 'shared' }
    throw thrown
  }
}
